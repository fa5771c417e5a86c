#!/bin/sh
# Judge rawserve and other servers, and write CONFORMANCE.md:
#
#     conformance/grid.sh [-html FILE]
#
# The other servers are net/http, fasthttp, Node's http, nginx, Apache and HAProxy,
# as far as they are installed. Each runs on a port of 127.0.0.1 with a
# configuration of its own in a temporary directory, and is stopped by its process
# id. On Debian: apt-get install nginx apache2-bin haproxy nodejs
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
html=""
[ "${1:-}" = "-html" ] && html=$2

temp=$(mktemp -d)
pids=""
# shellcheck disable=SC2086 # the ids are words
trap 'kill $pids 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$temp"' EXIT INT TERM
mkdir "$temp/static" "$temp/run"
cp -R "$here/testdata/static/." "$temp/static/"
chmod -R a+rX "$temp"
chmod a+rwx "$temp/run"

(cd "$root" && go build -o "$temp/rawserve" ./cmd/rawserve)
(cd "$here/peers" && go build -o "$temp/peers" .)

port=18100
grid=""
: > "$temp/versions"

# start NAME VERSION COMMAND...: the command must listen on $port.
start() {
  name=$1 version=$2
  shift 2
  "$@" >"$temp/run/$name.log" 2>&1 &
  pids="$pids $!"
  tries=0
  until curl -s -o /dev/null "http://127.0.0.1:$port/"; do
    tries=$((tries + 1))
    if [ $tries -gt 50 ]; then
      echo "grid.sh: $name does not answer:" >&2
      cat "$temp/run/$name.log" >&2
      exit 1
    fi
    sleep 0.1
  done
  grid="$grid${grid:+,}$name=127.0.0.1:$port"
  echo "| $name | $version |" >> "$temp/versions"
  port=$((port + 1))
}

# have COMMAND: is it installed?
have() { PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null || { echo "grid.sh: no $1, left out" >&2; false; }; }

start rawserve "$(cd "$root" && git rev-parse --short HEAD)" \
  "$temp/rawserve" -addr 127.0.0.1:$port -static "$temp/static" -log off
app=$port
start nethttp "$(go env GOVERSION)" "$temp/peers" nethttp 127.0.0.1:$port "$temp/static"
start fasthttp "$(cd "$here/peers" && go list -m -f '{{.Version}}' github.com/valyala/fasthttp)" \
  "$temp/peers" fasthttp 127.0.0.1:$port "$temp/static"
have node && start node "$(node --version)" node "$here/peers/node.js" 127.0.0.1 $port

if have nginx; then
  cat > "$temp/nginx.conf" <<CONF
daemon off; pid $temp/run/nginx.pid; error_log stderr crit;
events {}
http {
  access_log off; client_max_body_size 64m; types { text/html html; text/css css; text/javascript js; application/json json; text/plain txt; }
  client_body_temp_path $temp/run/b; proxy_temp_path $temp/run/p; fastcgi_temp_path $temp/run/f;
  uwsgi_temp_path $temp/run/u; scgi_temp_path $temp/run/s;
  server {
    listen 127.0.0.1:$port;
    location / { root $temp/static; }
    location /static/ { alias $temp/static/; }
    location ~ ^/(echo|upload|slow/300|stream/5)\$ {
      proxy_pass http://127.0.0.1:$app; proxy_http_version 1.1; proxy_set_header Host \$host;
    }
  }
}
CONF
  start nginx "$(/usr/sbin/nginx -v 2>&1 | sed 's/.*nginx.//')" /usr/sbin/nginx -e stderr -c "$temp/nginx.conf"
fi

if have apache2; then
  modules=/usr/lib/apache2/modules
  {
    for module in mpm_event authz_core dir mime alias proxy proxy_http; do
      echo "LoadModule ${module}_module $modules/mod_$module.so"
    done
    cat <<CONF
ThreadLimit 128
ThreadsPerChild 128
MaxRequestWorkers 512
Listen 127.0.0.1:$port
ServerName 127.0.0.1
PidFile $temp/run/apache.pid
ErrorLog $temp/run/apache-error.log
User www-data
Group www-data
TypesConfig /etc/mime.types
DocumentRoot $temp/static
Alias /static $temp/static
<Directory $temp/static>
  Require all granted
  DirectoryIndex index.html
</Directory>
ProxyPassMatch ^/(echo|upload|slow/300|stream/5)\$ http://127.0.0.1:$app/\$1
CONF
  } > "$temp/apache.conf"
  start apache "$(/usr/sbin/apache2 -v | sed -n 's/.*Apache.\([0-9.]*\).*/\1/p')" \
    /usr/sbin/apache2 -d "$temp" -f "$temp/apache.conf" -DFOREGROUND
fi

if have haproxy; then
  cat > "$temp/haproxy.cfg" <<CONF
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend in
  bind 127.0.0.1:$port
  default_backend app
backend app
  server nethttp 127.0.0.1:$app
CONF
  start haproxy "$(/usr/sbin/haproxy -v | sed -n '1s/.*version \([0-9.]*\).*/\1/p')" /usr/sbin/haproxy -db -f "$temp/haproxy.cfg"
fi

# rawserve has every feature but one, which is a route.
judge="-has rawserve:all -lacks rawserve:websocket"

# The exit status says whether some server fails a MUST, which some do.
[ -z "$html" ] || "$temp/rawserve" conform $judge -grid "$grid" -format html > "$html" || true
"$temp/rawserve" conform $judge -grid "$grid" -format markdown > "$temp/grid.md" || true
grep -q '^| section' "$temp/grid.md"
{
  cat <<TEXT
# How servers answer the cases

Written by \`conformance/grid.sh\`, which starts the servers and judges each by the built-in cases.
nginx and Apache serve the files themselves and pass the other routes on to the net/http server of this table, as they
are used in practice. HAProxy passes everything on. Their columns show both servers in a row.
FAIL means that a server breaks a MUST of the RFCs. Where an RFC only permits a refusal, a server that accepts the
request does not fail. A case is skipped if the server lacks what the case is about. A recover in fasthttp's handler
keeps its process alive: the file handler of the version below panics on a range of an empty file. rawserve is also
judged strictly, by the tests of its command; there, no SHOULD may fail either.

| server | version |
|---|---|
TEXT
  cat "$temp/versions"
  printf '\n## The table\n\n'
  cat "$temp/grid.md"
} > "$here/CONFORMANCE.md"
sed -n '/^| section/,/^| \*\*total/p' "$here/CONFORMANCE.md"

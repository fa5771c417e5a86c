-- What wrk sends in each scenario, and one line of figures at the end:
--   wrk -s load.lua http://host:port/path -- SCENARIO
-- Every request is built once; wrk sends the same octets again and again.

local function plain(fields)
  for name, value in pairs(fields) do wrk.headers[name] = value end
end

-- A browser's navigation request: a dozen fields, about 700 octets.
local browser = table.concat({
  "GET / HTTP/1.1",
  "Host: localhost:3000",
  "Connection: keep-alive",
  "Cache-Control: max-age=0",
  'sec-ch-ua: "Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  "sec-ch-ua-mobile: ?0",
  "Upgrade-Insecure-Requests: 1",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "Referer: http://localhost:3000/messages?limit=20&after=180",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
  "Cookie: theme=dark; session=7d44a0d6f1c94b0c9c5a5e0b2f6a8b31; csrf=Qm9yZWQ2NDBieXRlcw; seen=1",
  "", "",
}, "\r\n")

local function chunked(size, pieces)
  local part = string.rep("x", size / pieces)
  local chunk = string.format("%x\r\n%s\r\n", #part, part)
  return "POST /echo HTTP/1.1\r\nHost: localhost:3000\r\nTransfer-Encoding: chunked\r\n\r\n" ..
    string.rep(chunk, pieces) .. "0\r\n\r\n"
end

local function post(size)
  wrk.method = "POST"
  wrk.body = string.rep("x", size)
end

local function raw(octets)
  wrk.format = function() return octets end
end

local scenarios = {
  get = function() end,
  close = function() plain({ Connection = "close" }) end,
  browser = function() raw(browser) end,
  pipeline = function() raw(string.rep(wrk.format(), 16)) end,
  echo1k = function() post(1024) end,
  echo64k = function() post(65536) end,
  chunked64k = function() raw(chunked(65536, 8)) end,
}

function init(args)
  scenarios[args[1]]()
end

function done(summary, latency)
  local e = summary.errors
  print(string.format("figures %d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end

// Node's http server with the routes that the cases ask for:
//   node node.js HOST PORT
// Files are not among them: Node serves none by itself.
'use strict';
const http = require('node:http');

const [host, port] = process.argv.slice(2);
const limit = 1 << 20;

function send(res, status, body, headers = {}) {
  res.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers });
  res.end(body);
}

// collect reads a body of at most limit octets.
function collect(req, res, done) {
  const pieces = [];
  let size = 0;
  if (Number(req.headers['content-length']) > limit) return send(res, 413, '', { Connection: 'close' });
  req.on('data', (piece) => {
    size += piece.length;
    if (size <= limit) pieces.push(piece);
  });
  req.on('end', () => (size > limit ? send(res, 413, '') : done(Buffer.concat(pieces))));
}

function stream(res) {
  for (let i = 1; i <= 5; i++) res.write(`chunk ${i}\n`);
  res.end();
}

function route(req, res) {
  const name = req.url.replace(/^http:\/\/[^/?]*/, '').split('?')[0] || '/';
  const read = req.method === 'GET' || req.method === 'HEAD';
  if (name === '/echo') {
    return collect(req, res, (body) => send(res, 200, body, { 'Content-Type': req.headers['content-type'] ?? 'text/plain' }));
  }
  if (name === '/upload' && req.method === 'PUT') {
    req.resume();
    return req.on('end', () => send(res, 201, 'done\n'));
  }
  if (read && name === '/') return send(res, 200, 'node\n', { 'Content-Type': 'text/plain' });
  if (read && name === '/slow/300') return setTimeout(() => send(res, 200, 'slow\n'), 300);
  if (read && name === '/stream/5') return stream(res);
  const allow = { '/': 'GET, HEAD', '/slow/300': 'GET, HEAD', '/stream/5': 'GET, HEAD', '/upload': 'PUT' }[name];
  return allow ? send(res, 405, '', { Allow: allow }) : send(res, 404, '');
}

http.createServer(route).listen(Number(port), host);

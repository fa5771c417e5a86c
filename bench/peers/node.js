// Node's http server, answering the same five requests as the other peers:
//   node node.js HOST PORT FILE
// Its own timeouts (head 60 s, request 300 s, idle 5 s) are always on.
'use strict';
const http = require('node:http');
const fs = require('node:fs');

const [host, port, file] = process.argv.slice(2);
const size = fs.existsSync(file) ? fs.statSync(file).size : 0;

function send(res, type, body) {
  res.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
}

function echo(req, res) {
  const pieces = [];
  req.on('data', (piece) => pieces.push(piece));
  req.on('end', () => send(res, 'text/plain', Buffer.concat(pieces)));
}

function large(res) {
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': size });
  fs.createReadStream(file).pipe(res);
}

const server = http.createServer((req, res) => {
  const { method, url } = req;
  if (method === 'GET' && url === '/') return send(res, 'text/plain', 'Hello, World!');
  if (method === 'GET' && url === '/json') {
    return send(res, 'application/json', JSON.stringify({ message: 'Hello, World!' }));
  }
  if (method === 'GET' && url.startsWith('/users/')) return send(res, 'text/plain', url.slice(7));
  if (method === 'POST' && url === '/echo') return echo(req, res);
  if (method === 'GET' && (url === '/large' || url === '/static/large.txt')) return large(res);
  res.writeHead(404).end();
});

// The idle time is the one thing set: 5 s would close connections between rounds.
server.keepAliveTimeout = 75_000;
server.listen(Number(port), host, 4096);

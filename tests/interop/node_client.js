// SPDX-License-Identifier: Apache-2.0
// node node_client.js PORT CA VERSION: says hello, prints version, protocol and answer, fails unless all ends well.
'use strict';
const fs = require('fs');
const tls = require('tls');

const [port, ca, version] = process.argv.slice(2);
const socket = tls.connect({
  host: '127.0.0.1', port: Number(port), servername: 'localhost', ca: fs.readFileSync(ca),
  minVersion: version, maxVersion: version, ALPNProtocols: ['echo'],
});
socket.setTimeout(30000, () => socket.destroy(new Error('timed out')));
socket.on('error', (error) => { console.error(error); process.exitCode = 1; });

const hello = 'hello from node';
let answer = '';
let ended = false;
let agreed = '';
socket.on('secureConnect', () => {
  agreed = `${socket.getProtocol()} ${socket.alpnProtocol}`;
  socket.write(hello);
});
socket.on('data', (data) => {
  answer += data;
  if (answer.length >= hello.length) socket.end();  // close_notify
});
socket.on('end', () => { ended = true; });
socket.on('close', () => {
  if (!ended || answer !== hello) process.exitCode = 1;
  console.log(agreed, answer);
});

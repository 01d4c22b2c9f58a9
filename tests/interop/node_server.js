// SPDX-License-Identifier: Apache-2.0
// node node_server.js CERTIFICATE KEY VERSION: prints its port, tells one client what it heard, fails unless all ends well.
'use strict';
const fs = require('fs');
const tls = require('tls');

const [certificate, key, version] = process.argv.slice(2);
const server = tls.createServer({
  cert: fs.readFileSync(certificate), key: fs.readFileSync(key), minVersion: version, maxVersion: version,
  ALPNProtocols: ['echo'],
}, (client) => {
  client.setTimeout(30000, () => client.destroy(new Error('timed out')));
  client.on('error', (error) => { console.error(error); process.exitCode = 1; });
  client.on('data', (data) => client.write(`Node heard ${data}\n`));
  client.on('end', () => server.close());  // close_notify came; Node answers it by itself
});
server.on('tlsClientError', (error) => { console.error(error); process.exit(1); });
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));

// What the bench tells each peer by its environment.

export function setting(name) {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: peers are started by npm run bench`);
  return value;
}

/** Says where it answers, and lives until it is told to end. */
export async function serveUntilStopped(address, close) {
  process.stdout.write(`Ready: ${address}\n`);
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  await close();
}

/** @returns the address at which a server of node:http answers from now on */
export async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

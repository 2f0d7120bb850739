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

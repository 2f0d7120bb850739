// What the bench's two services have in common.

/** How many requests have come, told at `/-/requests`, which is not counted itself. */
export function countRequests() {
  let requests = 0;
  return {
    tell({ url }, response) {
      if (url !== "/-/requests") requests += 1;
      else response.end(JSON.stringify(requests));
      return url === "/-/requests";
    },
  };
}

/**
 * The text of each answer, made once for each question, and kept: the services are no subject of the bench, and what they
 * would take of the machine would be taken from the servers that are.
 */
export function keptAnswers(answerTo) {
  const kept = new Map();
  return async (question) => {
    const known = kept.get(question);
    if (known !== undefined) return known;
    const text = JSON.stringify(await answerTo(question));
    if (kept.size < 1_000) kept.set(question, text);
    return text;
  };
}

export async function listen(server) {
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.stdout.write(`Ready: http://127.0.0.1:${server.address().port}\n`);
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  server.close();
  server.closeAllConnections();
}

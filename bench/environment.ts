/** Without what the reader's own shell may hold for another town. NODE_ENV as in production, for every server. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(DATABASE_|PASSERELLE_|APOLLO_|PG|BENCH_)/.test(name),
  );
  return { ...Object.fromEntries(others), NODE_ENV: "production", HOST: "127.0.0.1", PORT: "0" };
}

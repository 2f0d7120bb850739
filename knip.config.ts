import type { KnipConfig } from "knip";

/** What nothing uses is removed: dead code is read, maintained and attacked like the rest. */
const config: KnipConfig = {
  workspaces: {
    ".": {
      entry: [
        "bin/*.mjs",
        "scripts/*.mjs",
        "src/main.ts",
        "src/cli/run.ts",
        "src/demo/serve.ts",
        "test/**/*.test.ts",
        "console/src/main.tsx",
      ],
      project: ["src/**/*.ts", "console/src/**/*.{ts,tsx}", "test/**/*.ts", "scripts/*.mjs"],
    },
    // The packages of its own are the peers' (bench/peers): the rest of it uses the gateway's.
    bench: { entry: ["run.mjs", "peers/*.mjs", "services/*.mjs"], project: ["**/*.{ts,mjs}"] },
  },
  // Read as data, by path.
  ignoreDependencies: ["@etalab/decoupage-administratif", "dejavu-fonts-ttf"],
  ignoreBinaries: ["mkfifo", "openssl"],
  // Contracts are read by people too: a type may be exported for the one who implements or reads it.
  rules: { types: "off", enumMembers: "error", duplicates: "error" },
};

export default config;

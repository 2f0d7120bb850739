// Bundles `console/` into `dist/console/` with esbuild: names that hold a hash of the content (served as never changing),
// one page per chunk, every byte from this folder. Types are checked by `npm run typecheck`, not here: the first start is
// to be quick.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildSync, formatMessagesSync } from "esbuild";

const options = {
  entryPoints: [{ in: "console/src/main.tsx", out: "console" }],
  outdir: "dist/console",
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2023", "chrome120", "firefox121", "safari17"],
  jsx: "automatic",
  minify: true,
  sourcemap: false,
  // Each file would end with its packages' notices; they stand together in licences.txt.
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  tsconfig: "console/tsconfig.json",
  metafile: true,
  logLevel: "silent",
};

/**
 * @param {string} home the repository's root
 * @returns {{ files: string[] } | { fault: string }} paths that were written, or why nothing was
 */
export function buildConsole(home) {
  if (!existsSync(join(home, "console/src/main.tsx"))) return { files: [] };
  let metafile;
  try {
    ({ metafile } = buildSync({ ...options, absWorkingDir: home }));
  } catch (error) {
    const messages = error.errors ?? [{ text: error.message }];
    return { fault: formatMessagesSync(messages, { kind: "error", color: false }).join("") };
  }
  const outputs = Object.keys(metafile.outputs);
  const written = [
    ["index.html", indexPage(home, metafile.outputs)],
    ["licences.txt", licences(home, Object.keys(metafile.inputs))],
  ].map(([name, text]) => {
    const path = join(home, options.outdir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  return { files: [...outputs.map((name) => join(home, name)), ...written] };
}

/** The page that begins the console: no script and no style of its own, so that the policy can forbid both. */
function indexPage(home, outputs) {
  const [[script, { imports, cssBundle }]] = Object.entries(outputs).filter(
    ([, { entryPoint }]) => entryPoint === options.entryPoints[0].in,
  );
  const address = (path) => `/console/${basename(path)}`;
  const soon = imports.filter(({ kind }) => kind === "import-statement");
  const tags = [
    ...(cssBundle ? [`<link rel="stylesheet" href="${address(cssBundle)}" />`] : []),
    ...soon.map(({ path }) => `<link rel="modulepreload" href="${address(path)}" />`),
    `<script type="module" src="${address(script)}"></script>`,
  ];
  return readFileSync(join(home, "console/index.html"), "utf8").replace("<!-- assets -->", tags.join("\n    "));
}

/** The licence of every package of which a part is in the bundle, as its authors ask. */
function licences(home, inputs) {
  const folders = inputs.flatMap((path) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
  const texts = [...new Set(folders)].sort().map((folder) => {
    const at = join(home, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
    const file = readdirSync(at).find((each) => /^(licen[cs]e|copying)/i.test(each));
    const text = file === undefined ? "" : `\n${readFileSync(join(at, file), "utf8").trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  const head = "The console of Passerelle holds parts of these packages.\n";
  return [head, ...texts].join(`\n${"-".repeat(80)}\n\n`);
}

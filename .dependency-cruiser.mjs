// Who may import whom. The house stands in docs/architecture.md; each rule says here why it is one, and
// test/house/imports.test.ts shows every one of them firing.

/** What each room may enter. Rooms beside each other never meet: only the room above knows both. */
const below = {
  terms: [],
  catalogue: ["terms"],
  store: ["terms"],
  sources: ["terms", "catalogue", "store"],
  policy: ["terms", "catalogue", "store"],
  identity: ["terms", "catalogue", "store"],
  consent: ["terms", "catalogue", "store"],
  accesslog: ["terms", "catalogue", "store"],
  gateway: ["terms", "catalogue", "store", "sources", "policy", "identity", "consent", "accesslog"],
  governance: ["terms", "catalogue", "store", "policy", "identity", "consent", "accesslog"],
  demo: ["terms", "store"],
  web: [
    "terms",
    "catalogue",
    "store",
    "sources",
    "policy",
    "identity",
    "consent",
    "accesslog",
    "gateway",
    "governance",
  ],
  cli: [
    "terms",
    "catalogue",
    "store",
    "sources",
    "policy",
    "identity",
    "consent",
    "accesslog",
    "gateway",
    "governance",
    "config",
    "demo",
  ],
};
// What main starts, in pieces: it stands above all rooms, and only main (and a test) stands above it.
below.start = [...Object.keys(below), "config"];

const why = {
  terms: "Shared words know nobody.",
  catalogue: "What data exists does not depend on who may read it.",
  store: "Our PostgreSQL is opened without knowing what is kept in it: each room brings its own entities.",
  sources: "A connector fetches what it is told to: were it able to ask about policy or people, it could decide.",
  policy: "A decision is a function of rules and agreement, and of nothing that a source or the log says.",
  identity: "Who stands behind a key is known before, and without, any decision or fetch.",
  consent: "What a person decided holds whatever the rules say; who they are is found before, and elsewhere.",
  accesslog: "The record must be the same whoever decided and whoever fetched.",
  gateway: "The order of a request is written here alone; what carries it (HTTP, terminal) is not its business.",
  governance:
    "What staff read is recorded and decided here; how data is fetched and carried is handed in, or others' business.",
  demo: "Rivemont's databases know nothing of the gateway: the demo would otherwise prove too little.",
  web: "HTTP knows the gateway; it is started by main, and is no part of the command line.",
  start: "Wiring knows every room, and decides nothing.",
  cli: "The command serves people at a terminal; it needs no HTTP server in its own process.",
};

const roomRules = Object.entries(below).map(([room, rooms]) => ({
  name: `${room}-imports-downward`,
  comment: `${why[room]} ${room} may enter: ${rooms.length === 0 ? "no other room" : rooms.join(", ")}.`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: [room, ...rooms].map((name) => `^src/${name}(/|\\.ts$)`) },
}));

/** A package (or a family of them) that only some rooms may load. */
function fence(name, packages, rooms, comment, to = {}) {
  return {
    name,
    comment,
    severity: "error",
    from: { path: "^src/", pathNot: rooms },
    to: { path: `(^|/)node_modules/(${packages})/`, ...to },
  };
}

// `import type` is gone once compiled: a room may name TypeORM's types for what store hands to it.
const asValue = { dependencyTypesNot: ["type-only"] };

const fences = [
  fence(
    "casbin-only-in-policy",
    "casbin",
    ["^src/policy/"],
    "Casbin fails open in many ways (an un-awaited enforce, a misspelt effect): one room knows them and tests them.",
  ),
  fence(
    "typeorm-only-in-store-and-entities",
    "typeorm",
    ["^src/store/", "\\.entity\\.ts$"],
    "How we store is store's business; rooms describe their tables in *.entity.ts and use what store hands to them.",
    asValue,
  ),
  fence(
    "pg-only-where-sql-is-written",
    "pg|pg-[a-z-]+",
    ["^src/store/", "^src/sources/postgres/", "^src/accesslog/", "^src/demo/"],
    "SQL text is where an injection would be: our store, the connector, the log's append, and the demo's filling.",
  ),
  fence(
    "apollo-only-in-web",
    "@apollo/(?!server-gateway-interface)[^/]+|@as-integrations/[^/]+",
    ["^src/web/"],
    "Apollo Server is the seam to HTTP; planning, deciding and fetching are ours and must not lean on its life cycle.",
  ),
  fence(
    "fastify-only-in-web",
    "fastify|@fastify/[^/]+",
    ["^src/web/"],
    "The gateway answers requests, not HTTP: it can then be driven by tests and by the command line as it is.",
  ),
  fence(
    "metrics-only-in-web",
    "prom-client",
    ["^src/web/"],
    "What may stand in a metric's label is decided in one file; the other rooms say what happened and know no metrics.",
  ),
  fence(
    "undici-only-in-http-sources",
    "undici",
    ["^src/sources/http-exchange\\.ts$"],
    "Requests to services are bounded, stay on their origin and follow no redirect (laws 13, 14): one file sends them.",
  ),
  fence(
    "turf-only-in-sources",
    "@turf/[^/]+",
    ["^src/sources/near-and-within\\.ts$"],
    "What near and within mean is said once: a second reading of it would let rows through that the check refuses.",
  ),
  fence(
    "editor-protocol-only-in-its-room",
    "vscode-[a-z-]+",
    ["^src/cli/lsp/"],
    "The protocol of editors is loaded by its one command: every other command would start later for nothing.",
  ),
  fence(
    "signatures-only-where-people-are-known",
    "jose",
    ["^src/identity/", "^src/consent/"],
    "A token that is read but not verified is anybody's: two rooms verify, the others are handed what was verified.",
  ),
  fence(
    "openid-client-only-in-identity",
    "openid-client",
    ["^src/identity/"],
    "Signing in is a protocol with many ways to do it almost right: one room speaks it.",
  ),
  fence(
    "openid-provider-only-in-demo",
    "oidc-provider",
    ["^src/demo/"],
    "A town has its own provider: ours signs in made-up people, and is no way into a real town.",
  ),
  fence(
    "pdf-only-in-documents",
    "pdfkit",
    ["^src/governance/documents/"],
    "A paper that leaves is tagged, numbered and says where it ends: one room makes them, and makes them alike.",
  ),
  fence(
    "governance-api-only-in-governance",
    "type-graphql|reflect-metadata|dataloader",
    ["^src/governance/"],
    "Code first and one loader per request fit people's questions; the shared graph is planned, and must not lean on either.",
  ),
  fence(
    "asn1-only-in-timestamps",
    "pkijs|asn1js",
    ["^src/accesslog/timestamp/"],
    "ASN.1 is read where timestamps are checked, and what is read there is trusted nowhere else.",
  ),
  fence(
    "telemetry-only-in-one-file",
    "@opentelemetry/[^/]+",
    ["^src/start/traces\\.ts$"],
    "What may stand in a trace, and that nobody waits for one, is decided in one file; the others only time their steps.",
  ),
  fence("commander-only-in-cli", "commander", ["^src/cli/"], "Arguments of the terminal are read in one place."),
];

export default {
  forbidden: [
    ...roomRules,
    {
      name: "console-knows-no-room",
      comment:
        "The console runs in people's browsers: it may know the grammar of a search, which is pure, and nothing else of " +
        "the gateway.",
      severity: "error",
      from: { path: "^console/" },
      to: { path: "^(src|test|bench)/", pathNot: ["^src/terms/log-query/index\\.ts$"] },
    },
    {
      name: "console-is-bundled-alone",
      comment: "What runs in a browser (React, a window) has no place in the gateway.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^console/" },
    },
    {
      name: "browser-packages-only-in-console",
      comment: "They are there to be bundled for browsers; the gateway itself would carry them for nothing.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        path: `(^|/)node_modules/(react|react-dom|react-i18next|i18next|@mantine/[^/]+|@tanstack/[^/]+|@tabler/[^/]+|recharts|dayjs)/`,
      },
    },
    {
      name: "no-packages-of-the-gateway-in-console",
      comment:
        "A package of Node's that is bundled by mistake makes a page that does not start, and may carry what is secret.",
      severity: "error",
      from: { path: "^console/" },
      to: {
        dependencyTypes: ["core", "npm"],
        pathNot: `(^|/)node_modules/(react|react-dom|react-i18next|i18next|@mantine/[^/]+|@tanstack/[^/]+|@tabler/[^/]+|recharts|dayjs)/`,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "config-knows-words-only",
      comment:
        "Settings are read before anything is opened: config may use shared words, and the types of the rooms it sets up.",
      severity: "error",
      from: { path: "^src/config(/|\\.ts$)" },
      to: { path: "^src/", pathNot: ["^src/config(/|\\.ts$)", "^src/terms/"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "config-is-handed-over",
      comment:
        "Only main, start and cli read settings; a room is given what it needs, so that its tests can give it something else.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(main|program)\\.ts$", "^src/(start|cli)/", "^src/config(/|\\.ts$)"] },
      to: { path: "^src/config(/|\\.ts$)" },
    },
    {
      name: "demo-only-by-who-starts-it",
      comment: "Made-up data has no way into the rooms that serve a real town.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(main|program)\\.ts$", "^src/(start|cli)/", "^src/demo/"] },
      to: { path: "^src/demo/" },
    },
    {
      name: "main-is-imported-by-nobody",
      comment: "main wires the rooms and starts them; importing it would start a second gateway.",
      severity: "error",
      from: { path: "^(src|test|bench)/" },
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "program-is-started-by-main",
      comment: "It starts the gateway when it is loaded; main sees to what must be so before.",
      severity: "error",
      from: { path: "^(src|test|bench)/", pathNot: "^src/main\\.ts$" },
      to: { path: "^src/program\\.ts$" },
    },
    {
      name: "only-known-rooms",
      comment: "A new room states in .dependency-cruiser.mjs what it may enter, or the rules above would not see it.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [`^src/(${Object.keys(below).join("|")}|config)/`, "^src/(main|one-pool|program|config)\\.ts$"],
      },
      to: {},
    },
    {
      name: "room-is-entered-by-its-index",
      comment: "What a room shows is its index.ts; the rest can change without asking anybody.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: {
        path: "^src/[^/]+/",
        pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$", "^src/(sources/[^/]+|store/pool)/index\\.ts$"],
      },
    },
    {
      name: "main-enters-rooms-by-their-index",
      comment: "As for rooms: main and config.ts stand in no room. (src/config/ is behind config.ts, its only door.)",
      severity: "error",
      from: { path: "^src/([^/]+)\\.ts$" },
      to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$", "^src/sources/[^/]+/index\\.ts$"] },
    },
    {
      name: "connectors-do-not-meet",
      comment: "Every kind of source is one contract's implementation; what two of them share belongs to the contract.",
      severity: "error",
      from: { path: "^src/sources/([^/]+)/" },
      to: { path: "^src/sources/[^/]+/", pathNot: "^src/sources/$1/" },
    },
    ...fences,
    {
      name: "no-cycles",
      comment:
        "Two files that need each other are one, or miss a third. (Tables that point at each other are the exception: " +
        "their properties are typed Relation<T>.)",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.entity\\.ts$" },
      to: { circular: true },
    },
    {
      name: "no-test-code-in-src",
      comment: "What only tests use must not be able to run in a town.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-development-packages-in-src",
      comment: "They are not there after `npm ci --omit=dev`.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"] },
    },
    {
      name: "no-undeclared-packages",
      comment: "A package that is only there because another needs it can go, or change, with any update.",
      severity: "error",
      from: { path: "^(src|test|bench|console)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "not-to-unresolvable",
      comment: "An import that leads nowhere fails at the first request that needs it.",
      severity: "error",
      from: { path: "^(src|test|bench|console)/" },
      to: { couldNotResolve: true },
    },
    {
      name: "no-orphans",
      comment:
        "A file that nobody imports does nothing; main and the command are where programs start, and types of a package are there for the compiler.",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: ["^src/main\\.ts$", "^src/cli/index\\.ts$", "\\.d\\.ts$"] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    // The packages of what the bench compares us with: there once it was run, and used by nothing that is checked here.
    exclude: { path: "^bench/node_modules/" },
    // bench/ has packages of its own beside the root's.
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    moduleSystems: ["es6", "cjs"],
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};

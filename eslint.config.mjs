// What a type checker cannot see. Each house rule says its reason in its message; formatting is prettier's alone.
import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import prettier from "eslint-config-prettier/flat";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const oldHeap =
  "V8 makes a function that is written right where a property is set in its old heap: all that it sees is kept until all of the heap is looked at (docs/decisions/0025). Give it a name first, or make it a method.";

const environmentOnlyInConfig =
  "Only src/config.ts reads the environment: every setting is then checked, named in one place and explained when it is wrong.";

const houseSyntax = [
  {
    selector: "MemberExpression[property.name='env'][object.property.name='process']",
    message: environmentOnlyInConfig,
  },
  {
    selector: "MemberExpression[computed=true][property.value='env'][object.name='process']",
    message: environmentOnlyInConfig,
  },
  {
    selector: "ExportDefaultDeclaration",
    message: "Named exports only: a thing then has one name wherever it is used.",
  },
  {
    selector: "TSEnumDeclaration",
    message: "A union of strings says the same in the types, in the data and in the log.",
  },
];

const heldInTheOldHeap = [
  {
    selector:
      "AssignmentExpression[left.type='MemberExpression'] > :matches(ArrowFunctionExpression, FunctionExpression).right",
    message: oldHeap,
  },
  {
    selector:
      "AssignmentExpression[left.type='MemberExpression'] > :matches(TSAsExpression, TSSatisfiesExpression).right > :matches(ArrowFunctionExpression, FunctionExpression)",
    message: oldHeap,
  },
  {
    selector:
      ":matches(PropertyDefinition, AccessorProperty) > :matches(ArrowFunctionExpression, FunctionExpression).value",
    message: oldHeap,
  },
];

export default defineConfig(
  globalIgnores(["dist/", "coverage/", ".passerelle/", "node_modules/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" } },
  eslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise nobody waits for is an entry that may not be committed when its answer leaves (law 4).
      "@typescript-eslint/no-floating-promises": ["error", { checkThenables: true }],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/return-await": ["error", "in-try-catch"],
      // A union that grows (an outcome, a reason, a rule's kind) must be looked at wherever it is decided upon.
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "error",
      "@typescript-eslint/no-deprecated": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/require-array-sort-compare": ["error", { ignoreStringArrays: true }],
      "@typescript-eslint/no-confusing-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
      // graphql's own enums are strings, and are compared as such; we write none.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      // Contracts promise a Promise; an implementation that happens not to wait is still one of them.
      "@typescript-eslint/require-await": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-console": "error",
      "max-lines": ["error", { max: 330, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-depth": ["error", 4],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: environmentOnlyInConfig },
        {
          object: "Math",
          property: "random",
          message: "Neither secret nor repeatable: node:crypto for what must not be guessed, a seed for made-up data.",
        },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: ["node:process", "process"].map((name) => ({
            name,
            importNames: ["env"],
            message: environmentOnlyInConfig,
          })),
        },
      ],
      "no-restricted-syntax": ["error", ...houseSyntax],
    },
  },
  {
    // What runs for each request.
    files: ["src/{accesslog,consent,gateway,identity,sources,store,terms,web}/**/*.ts"],
    rules: {
      "no-restricted-syntax": ["error", ...houseSyntax, ...heldInTheOldHeap],
    },
  },
  {
    files: ["console/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat["recommended-latest"]],
    rules: {
      "no-console": "error",
      "max-lines": ["error", { max: 330, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-depth": ["error", 4],
      // The router's way of going elsewhere is to throw where.
      "@typescript-eslint/only-throw-error": [
        "error",
        { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] },
      ],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "What the gateway or an application wrote is text, never markup.",
        })),
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "What the gateway or an application wrote is text, never markup.",
        },
        {
          selector: "ExportDefaultDeclaration",
          message: "Named exports only: a thing then has one name wherever it is used.",
        },
        {
          selector: "TSEnumDeclaration",
          message: "A union of strings says the same in the types and in the data.",
        },
      ],
    },
  },
  // Written by `npm run console:types`.
  {
    files: ["console/src/app/schema.d.ts"],
    linterOptions: { reportUnusedDisableDirectives: "off", reportUnusedInlineConfigs: "off" },
  },
  // Says what esbuild makes of a style sheet's names: that is its default export.
  { files: ["console/src/modules.d.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["src/config.ts"],
    rules: { "no-restricted-properties": "off", "no-restricted-imports": "off" },
  },
  // The terminal belongs to these two.
  { files: ["src/program.ts", "src/cli/**/*.ts"], rules: { "no-console": "off" } },
  // A migration is one list of statements, in order; cutting it into functions would hide the order.
  { files: ["src/store/migrations/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      // Answers are read as the JSON they are; what they hold is what the test then asserts.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/require-array-sort-compare": "off",
      // Faults are injected in every form that a library might throw; numbers are given that no double holds.
      "@typescript-eslint/only-throw-error": "off",
      "no-loss-of-precision": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.property.name=/^(only|skip|todo|fails)$/][callee.object.name=/^(describe|it|test)$/]",
          message: "A test that does not run proves nothing.",
        },
      ],
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "AbortSignal",
          "Buffer",
          "URL",
          "clearTimeout",
          "console",
          "fetch",
          "performance",
          "process",
          "setTimeout",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  prettier,
);

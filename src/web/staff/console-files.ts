// The console's single-page application, as it was built: every byte of it is ours, and its page may load nothing else.
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { guarding } from "../citizen/headers.js";
import { consoleHeaders, noncePlaceholder } from "../console-headers.js";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

const notBuilt = `The console is not built here. Run: npm run build

La console n'est pas construite ici. Lancez : npm run build
`;

export interface ConsoleFiles {
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

/** @param secure the site is reached by https:// */
export function consoleFiles(folder: string, secure: boolean): ConsoleFiles {
  // Listed once: what is not in the list is not served, whatever the address says.
  const files = new Map(existsSync(folder) ? listed(folder) : []);
  const page = files.get("index.html");
  return {
    send(request, reply) {
      const path = (request.params as Record<string, string | undefined>)["*"] ?? "";
      const file = path === "index.html" ? undefined : files.get(path);
      if (file !== undefined) return sendFile(request, reply, path, file);
      if (page === undefined) return reply.code(503).type("text/plain; charset=utf-8").send(notBuilt);
      // A page of the application has no point in its last part; a file that is not there is not the page.
      if (/\.[a-z0-9]{1,8}$/i.test(path) && types[extname(path)] !== undefined) return reply.code(404).send();
      return sendPage(reply, page, secure);
    },
  };
}

interface ConsoleFile {
  readonly plain: Buffer;
  /** Once for all answers: what is served holds nothing of anybody, so that its size tells nothing (BREACH). */
  readonly zipped: Buffer;
}

function listed(folder: string): [string, ConsoleFile][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => {
      const plain = readFileSync(file);
      return [relative(folder, file).split(sep).join("/"), { plain, zipped: gzipSync(plain) }];
    });
}

/** Named by its content (`app-4F7K2M9Q.js`): what a browser has of it stays true. */
const isNamedByContent = (path: string): boolean => /[-.][A-Za-z0-9_]{8,}\.[a-z0-9]+$/.test(path);

function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  path: string,
  { plain, zipped }: ConsoleFile,
): FastifyReply {
  const zip = /(^|,)\s*gzip\s*(,|$)/i.test(headers["accept-encoding"] ?? "");
  return reply
    .headers({
      ...guarding,
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "cache-control": isNamedByContent(path) ? "public, max-age=31536000, immutable" : "no-store",
      ...(zip ? { "content-encoding": "gzip" } : {}),
      vary: "Accept-Encoding",
    })
    .send(zip ? zipped : plain);
}

function sendPage(reply: FastifyReply, page: ConsoleFile, secure: boolean): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  return reply
    .headers(consoleHeaders(nonce, secure))
    .send(page.plain.toString("utf8").replaceAll(noncePlaceholder, nonce));
}

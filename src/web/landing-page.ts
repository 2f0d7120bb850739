// The page at `/`: what this is and where to ask. No script, no cookie, nothing from elsewhere.
import { createHash } from "node:crypto";
import type { TenantName } from "../terms/index.js";

export interface About {
  /** Whose gateway it is, as people say it: `Ville de Rivemont`. */
  readonly name: string | null;
  /** An e-mail address or an https URL. */
  readonly contact: string | null;
  /** As seen from outside, without a slash at its end: `https://data.rivemont.example`. */
  readonly publicUrl: string | null;
  /** An operation that is answered without a key. */
  readonly example: string;
}

export type Language = "fr" | "en";

const texts = {
  fr: {
    title: "Passerelle",
    other: { language: "en", label: "English" },
    lead: (name: string) =>
      `${name} partage ici les données de ses services avec les applications qui y sont autorisées\u00a0: champ par champ, dans le cadre de conventions, chaque accès étant enregistré.`,
    somebody: "La collectivité",
    addresses: "Adresses",
    addressesLead: "L’API est en GraphQL (POST, JSON), en lecture seule, de serveur à serveur.",
    example: "Essayer sans clé",
    exampleLead:
      "Sans clé, seules les données ouvertes répondent. Avec une clé, ajoutez l’en-tête «\u00a0Authorization: Bearer\u00a0» suivi de la clé.",
    contact: "Demander un accès, poser une question",
    noContact: "Adressez-vous à la collectivité.",
  },
  en: {
    title: "Passerelle",
    other: { language: "fr", label: "Français" },
    lead: (name: string) =>
      `${name} shares the data of its services here with the applications that are allowed to read them: field by field, under agreements, every access on record.`,
    somebody: "The local authority",
    addresses: "Addresses",
    addressesLead: "The API is GraphQL (POST, JSON), read-only, from server to server.",
    example: "Try it without a key",
    exampleLead:
      "Without a key, only open data answers. With a key, add the header “Authorization: Bearer” followed by the key.",
    contact: "Ask for access, ask a question",
    noContact: "Please ask the local authority.",
  },
} as const;

const style = `:root{color-scheme:light dark}body{font:1.0625rem/1.6 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1.5rem}code,h1,p{overflow-wrap:anywhere}ul{padding-inline-start:1.25rem}pre{border:1px solid;overflow-wrap:anywhere;padding:.75rem;white-space:pre-wrap}nav{text-align:end}`;

/** Nothing may be loaded or run; the one style is named by its hash (CSP Level 3). */
export const landingHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  vary: "Accept-Language",
};

/** Where GraphQL is answered: one path for each tenant, and the short one where there is no doubt. */
export const graphqlPaths = (tenants: readonly TenantName[]): ReadonlyMap<string, TenantName> =>
  new Map([
    ...tenants.map((tenant) => [`/${tenant}/graphql`, tenant] as const),
    ...(tenants.length === 1 ? tenants.map((tenant) => ["/graphql", tenant] as const) : []),
  ]);

export function landingPage(about: About, base: string, paths: readonly string[], language: Language): string {
  const text = texts[language];
  const list = paths.map((path) => `<li><code>POST ${escapeHtml(base + path)}</code></li>`).join("");
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(about.name === null ? text.title : `${text.title} — ${about.name}`)}</title><style>${style}</style></head>
<body>
<header><nav><a href="/?lang=${text.other.language}" lang="${text.other.language}" hreflang="${text.other.language}">${text.other.label}</a></nav></header>
<main>
<h1>${text.title}</h1>
<p>${escapeHtml(text.lead(about.name ?? text.somebody))}</p>
<h2>${text.addresses}</h2>
<p>${text.addressesLead}</p>
<ul>${list}</ul>
<h2>${text.example}</h2>
<p>${text.exampleLead}</p>
${about.example.includes("\n") ? code(about.example) : ""}${code(curl(base + (paths[0] ?? "/graphql"), about.example))}
<h2>${text.contact}</h2>
<p>${contactLink(about.contact) ?? text.noContact}</p>
</main>
</body>
</html>
`;
}

/** The language asked for by `?lang=`, else by `Accept-Language` (RFC 9110, 12.5.4), else French. */
export function chooseLanguage(asked: unknown, acceptLanguage: string | undefined): Language {
  if (asked === "fr" || asked === "en") return asked;
  let best: { language: Language; quality: number } = { language: "fr", quality: 0 };
  for (const range of (acceptLanguage ?? "").split(",")) {
    const [, language, quality] = /^\s*(fr|en)(?:-[\w-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/i.exec(range) ?? [];
    const found = { language: language?.toLowerCase() === "en" ? "en" : "fr", quality: Number(quality ?? 1) } as const;
    if (language !== undefined && found.quality > best.quality) best = found;
  }
  return best.language;
}

const code = (text: string): string => `<pre><code>${escapeHtml(text.trim())}</code></pre>\n`;

const curl = (url: string, query: string): string =>
  `curl ${url} \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ query: onOneLine(query) }).replaceAll("'", "'\\''")}'`;

/** JSON writes a line break as an escape that nobody likes to read. In a block text and behind `#` it means something. */
const onOneLine = (query: string): string => (/"""|#/.test(query) ? query : query.trim().replaceAll(/\s*\n\s*/g, " "));

function contactLink(contact: string | null): string | null {
  if (contact === null) return null;
  const shown = escapeHtml(contact);
  if (/^https:\/\/\S+$/.test(contact)) return `<a href="${shown}">${shown}</a>`;
  if (/^[^\s@/:?&]+@[^\s@/:?&]+$/.test(contact)) return `<a href="mailto:${shown}">${shown}</a>`;
  return shown;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

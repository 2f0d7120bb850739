// The page that checks a receipt: one file that needs nothing else and can reach nothing else, served or saved.
import { createHash } from "node:crypto";
import { receiptPageScript } from "./receipt-page-script.js";
import { receiptPageTexts } from "./receipt-page-texts.js";

export interface ReceiptPage {
  /** The town, as people say it. */
  readonly town: string;
  /** Public keys (JWK), the newest first: they stand in the page. */
  readonly keys: readonly object[];
  readonly language: "fr" | "en";
}

const style = `:root{color-scheme:light dark}*{box-sizing:border-box}body{font:1.0625rem/1.6 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1.5rem;overflow-wrap:anywhere}nav{text-align:end}label{display:block;font-weight:600;margin-top:1rem}textarea{width:100%;font:inherit;font-family:monospace}button,input[type=file]{font:inherit;min-height:2.75rem;max-width:100%}button{padding:.5rem 1.25rem;margin-top:.75rem}nav button{margin:0}#result{margin-top:1.5rem}#result:not(:empty){border:2px solid;padding:0 1rem 1rem}#result[data-kind=good]{border-style:solid}#result:not([data-kind=good]){border-style:dashed}dt{font-weight:600;margin-top:.75rem}dd{margin:0;white-space:pre-wrap}`;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Stands in the page too, for who saved it: nothing can be loaded or sent from there either. */
const policy = `default-src 'none'; script-src ${hashOf(receiptPageScript)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;

export const receiptPageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `${policy}; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function receiptPage({ town, keys, language }: ReceiptPage): string {
  const t = receiptPageTexts[language];
  const said = (name: "title" | "lead" | "keep" | "file" | "paste" | "check" | "noScript", tag: string): string =>
    `<${tag} data-t="${name}">${escapeHtml(t[name])}</${tag}>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(t.title)}</title><style>${style}</style></head>
<body>
<header><nav><button type="button" id="other" data-t="other" lang="${language === "fr" ? "en" : "fr"}">${escapeHtml(t.other)}</button></nav></header>
<main>
${said("title", "h1")}
${said("lead", "p")}
${said("keep", "p")}
<noscript>${said("noScript", "p")}</noscript>
<div id="form" hidden>
<label for="file">${said("file", "span")}</label><input type="file" id="file">
<label for="text">${said("paste", "span")}</label><textarea id="text" rows="6" spellcheck="false" autocomplete="off"></textarea>
<button type="button" id="check" data-t="check">${escapeHtml(t.check)}</button>
</div>
<section id="result" tabindex="-1" aria-live="polite"></section>
</main>
<footer><p><span data-t="town">${escapeHtml(t.town)}</span> ${escapeHtml(town)}</p></footer>
<script type="application/json" id="keys">${inScript({ keys })}</script>
<script type="application/json" id="texts">${inScript(receiptPageTexts)}</script>
<script>${receiptPageScript}</script>
</body>
</html>
`;
}

/** JSON that cannot end the element it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", String.raw`\u003c`);

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

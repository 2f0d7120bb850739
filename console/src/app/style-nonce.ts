// The policy of the page (src/web/console-headers.ts) lets no style sheet in but our own file and those that carry the
// nonce of this answer: Mantine writes a few, for its variables and for what depends on the window's width.

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? "";

/** What keeps the page behind a dialog from scrolling asks for its nonce by this global name (get-nonce). */
Object.assign(globalThis, { __webpack_nonce__: nonce });

export const styleNonce = (): string => nonce;

/** Of an address's last part, `#link=…`; null: it has none. */
export const tokenOf = (hash: string): string | null => /^#link=([\w.~-]+)$/.exec(hash)?.[1] ?? null;

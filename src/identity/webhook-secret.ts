// A webhook's secret signs what we send, so it must be read again: it lies sealed, and opens with the key file alone.
import type { TenantName } from "../terms/index.js";
import type { DerivedKeys } from "./derived-keys.js";

const associated = Buffer.from("webhook.secret", "utf8");

/** For secrets of whole 16-byte blocks. */
export const webhookSecretsWith = (
  derived: DerivedKeys,
): {
  seal(tenant: TenantName, secret: Uint8Array): { readonly sealed: Buffer; readonly number: number };
  open(tenant: TenantName, number: number, sealed: Uint8Array): Buffer | null;
} => ({
  seal: (tenant, secret) => {
    const number = derived.secrets.current(tenant);
    const [sealed] = derived.siv(tenant, number, "webhook", tenant).sealAll([secret], associated);
    if (sealed === undefined) throw new Error("a webhook's secret was not sealed");
    return { sealed, number };
  },
  open: (tenant, number, sealed) =>
    derived.secrets.numbers(tenant).includes(number)
      ? derived.siv(tenant, number, "webhook", tenant).open(sealed, associated)
      : null,
});

// What people have decided, for the gateway.
import type { Town } from "../cli/index.js";
import { openConsentReader, type ConsentReader } from "../consent/index.js";
import { subjectTokensWith } from "../identity/index.js";
import type { Closing } from "./closing.js";

/** Read as the role `gateway`, by the days of each town. */
export function openConsents({ store, derived, settings }: Town, closing: Closing): ConsentReader {
  const reader = openConsentReader({
    dataSource: store.gateway,
    tokens: subjectTokensWith(derived),
    timeZone: (tenant) => settings.tenants.get(tenant)?.timeZone ?? "Europe/Paris",
  });
  closing.add(() => Promise.resolve(reader.close()));
  return reader;
}

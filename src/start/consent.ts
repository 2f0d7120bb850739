// What people have decided, for the gateway.
import type { Town } from "../cli/index.js";
import { openConsentReader, type ConsentReader } from "../consent/index.js";
import { subjectTokensWith } from "../identity/index.js";

/** Read as the role `gateway`, by the days of each town. */
export const openConsents = ({ store, derived, settings }: Town): ConsentReader =>
  openConsentReader({
    dataSource: store.gateway,
    tokens: subjectTokensWith(derived),
    timeZone: (tenant) => settings.tenants.get(tenant)?.timeZone ?? "Europe/Paris",
  });

// Whether the record is what it was: one sentence, the same wherever it stands.
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import { appTexts } from "./app-texts.js";
import { dayIn, useFormat, type Format } from "./format.js";
import { useTexts, type Said } from "./language.js";
import { LinkAnchor } from "./links.js";
import { useTown, useTownNow, type RecordNow } from "./town.js";

export function recordSentence(
  record: Pick<RecordNow, "standing" | "checked" | "checkedAt">,
  t: Said<typeof appTexts>,
  format: Format,
  now: Date,
): string {
  switch (record.standing) {
    case "ALTERED":
      return t("recordAltered");
    case "UNCHECKED":
      return t("recordUnchecked");
    case "BEHIND":
      return t("recordBehind");
    case "INTACT": {
      if (record.checkedAt === null) return t("recordUnchecked");
      const values = { count: record.checked, time: format.clock(record.checkedAt) };
      const today = dayIn(format.timeZone, now) === dayIn(format.timeZone, new Date(record.checkedAt));
      return today ? t("recordIntact", values) : t("recordIntactOn", { ...values, day: format.day(record.checkedAt) });
    }
  }
}

/** Says on every page that the record is not intact; nothing where it is, and nothing on its own page. */
export function RecordNotice() {
  const t = useTexts(appTexts);
  const format = useFormat();
  const { name } = useTown();
  const now = useTownNow();
  const { pathname } = useLocation();
  if (now === undefined || now.record.standing === "INTACT" || pathname.endsWith("/record")) return null;
  const altered = now.record.standing === "ALTERED";
  return (
    <Alert
      color={altered ? "bad" : "warn"}
      icon={<IconAlertTriangle aria-hidden />}
      role={altered ? "alert" : "status"}
      py="xs"
    >
      {recordSentence(now.record, t, format, new Date())}{" "}
      <LinkAnchor to="/$town/record" params={{ town: name }}>
        {t("recordMore")}
      </LinkAnchor>
    </Alert>
  );
}

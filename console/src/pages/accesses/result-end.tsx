// Below the last row that is known of: more comes, it could not be read, it is the end, or it is far enough.
import { Group } from "@mantine/core";
import { readLogQuery, writeLogQuery } from "../../../../src/terms/log-query/index.js";
import { useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Failed } from "../../app/states.js";
import { goingOnBefore } from "./filters.js";
import styles from "./results.module.css";
import { accessesTexts } from "./texts.js";
import { mostRows, type ListedRows } from "./use-rows.js";

interface Props {
  readonly list: Pick<ListedRows, "read" | "more" | "error" | "retry" | "rowAt">;
  readonly town: string;
  readonly line: string;
}

export function EndOfList({ list, town, line }: Props) {
  const t = useTexts(accessesTexts);
  const format = useFormat();
  const { read, more, error } = list;
  const last = list.rowAt(read - 1);
  if (error !== null) return <Failed error={error} onRetry={list.retry} />;
  if (!more) return <div className={styles.end}>{t("end", { count: read })}</div>;
  if (read < mostRows || last === undefined) return null;
  const q = writeLogQuery(goingOnBefore(readLogQuery(line).terms, last.at));
  return (
    <Group className={styles.end ?? ""} gap="sm">
      <span>{t("far", { shown: format.number(read) })}</span>
      <LinkAnchor to="/$town/accesses" params={{ town }} search={{ q }}>
        {t("farGo", { day: format.moment(last.at) })}
      </LinkAnchor>
    </Group>
  );
}

// What a DPO would otherwise find only by looking at everything: the most pressing first, each with its search.
import { Badge, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useSaid, useTexts } from "../../app/language.js";
import { SearchLink } from "../../app/search-link.js";
import { LinkAnchor } from "../../app/links.js";
import { useTown } from "../../app/town.js";
import type { OverviewOfDay } from "./question.js";
import { overviewTexts } from "./texts.js";
import styles from "./unusual.module.css";

type Thing = OverviewOfDay["unusual"][number];

const colours = {
  REFUSED_ATTEMPTS: "bad",
  VOLUME: "warn",
  AGREEMENT_EXPIRES: "warn",
  FIRST_USE: "town",
} as const satisfies Record<Thing["kind"], string>;

export function UnusualList({ things }: { readonly things: readonly Thing[] }) {
  const t = useTexts(overviewTexts);
  if (things.length === 0)
    return (
      <Text className={styles.nothing}>
        <IconCircleCheck size={20} stroke={1.6} aria-hidden /> {t("nothingUnusual")}
      </Text>
    );
  return (
    <ul className={styles.list}>
      {things.map((thing, index) => (
        <Line key={index} thing={thing} />
      ))}
    </ul>
  );
}

function Line({ thing }: { readonly thing: Thing }) {
  const t = useTexts(overviewTexts);
  const said = useSaid();
  const { name } = useTown();
  return (
    <li className={styles.line}>
      <Badge variant="light" color={colours[thing.kind]} className={styles.kind}>
        {t(`kind_${thing.kind}`)}
      </Badge>
      <Text component="span" className={styles.sentence}>
        {said(thing.sentence)}
      </Text>
      <span className={styles.more}>
        {thing.query === null ? (
          <LinkAnchor
            to="/$town/agreements"
            params={{ town: name }}
            search={thing.agreement === null ? {} : { agreement: thing.agreement }}
          >
            {t("seeAgreement")}
          </LinkAnchor>
        ) : (
          <SearchLink query={thing.query}>{t("seeEntries")}</SearchLink>
        )}
      </span>
    </li>
  );
}

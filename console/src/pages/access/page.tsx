// One access: the whole story, for people who do not program; what a program or a court needs stands folded below.
import { Code, Stack, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Page } from "../../app/page.js";
import { Answer, Empty, Needs } from "../../app/states.js";
import { useTown } from "../../app/town.js";
import { Outcome } from "../accesses/outcome.js";
import { cameFrom } from "../accesses/places.js";
import { actWords } from "../accesses/row-words.js";
import { accessesTexts } from "../accesses/texts.js";
import styles from "./access.module.css";
import { ProofPart } from "./proof-part.js";
import { storyQuery } from "./question.js";
import { Section } from "./section.js";
import type { Story } from "./story.js";
import { sentencesOf } from "./telling.js";
import { accessTexts } from "./texts.js";
import { LeftPart, PolicyPart, ProblemsPart, RefusedPart, WithheldPart } from "./what-parts.js";
import { WhoPart } from "./who-part.js";

export function AccessPage() {
  return (
    <Needs right="READ_LOG" page="accesses">
      <Access />
    </Needs>
  );
}

function Access() {
  const t = useTexts(accessTexts);
  const format = useFormat();
  const { name: town } = useTown();
  const { id } = useParams({ from: "/$town/accesses/$id" });
  const found = useQuery(storyQuery(town, id));
  const index = found.data?.row.index;
  const back = useWayBack(town);
  useHotkeys([["Escape", back.go]]);
  return (
    <Page
      title={t("title", { number: index === undefined ? "…" : format.number(index) })}
      lead={
        <LinkAnchor
          to="/$town/accesses"
          params={{ town }}
          search={back.line === "" ? {} : { q: back.line }}
          className={styles.back ?? ""}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            back.go();
          }}
        >
          <IconArrowLeft size={16} aria-hidden /> {t(back.line === "" ? "backAll" : "back")}
        </LinkAnchor>
      }
    >
      <Answer of={found}>
        {(story) =>
          story === null ? (
            <Empty title={t("missing")}>{t("missingHint")}</Empty>
          ) : (
            <Whole town={town} story={story} onRecheck={() => void found.refetch()} busy={found.isFetching} />
          )
        }
      </Answer>
    </Page>
  );
}

/** Back to the very place in the list where it was opened from; by its address where it was opened by its own. */
function useWayBack(town: string): { readonly line: string; readonly go: () => void } {
  const { q: line = "" } = useSearch({ from: "/$town/accesses/$id" });
  const navigate = useNavigate();
  const { history } = useRouter();
  return {
    line,
    go: () => {
      if (cameFrom(town, line)) history.back();
      else void navigate({ to: "/$town/accesses", params: { town }, search: line === "" ? {} : { q: line } });
    },
  };
}

interface WholeProps {
  readonly town: string;
  readonly story: Story;
  readonly busy: boolean;
  readonly onRecheck: () => void;
}

function Whole({ town, story, busy, onRecheck }: WholeProps) {
  const t = useTexts(accessTexts);
  const format = useFormat();
  const say = useSaid();
  const { row } = story;
  const inList = useTexts(accessesTexts);
  const act = row.staff === null ? undefined : actWords(row.staff.command, inList);
  const purpose = story.purposeTitle === null ? row.purpose : say(story.purposeTitle);
  return (
    <Stack gap="lg">
      <div className={styles.told}>
        <Outcome outcome={row.outcome} />
        {sentencesOf(story, purpose, t, format, act).map((sentence) => (
          <Text key={sentence}>{sentence}</Text>
        ))}
      </div>
      <ProofPart town={town} story={story} busy={busy} onRecheck={onRecheck} />
      <WhoPart story={story} />
      {row.staff === null ? (
        <>
          <LeftPart town={town} story={story} />
          <WithheldPart town={town} story={story} />
          <RefusedPart town={town} story={story} />
          <ProblemsPart story={story} />
          <AskedPart operation={story.operation} />
          <PolicyPart story={story} />
        </>
      ) : null}
    </Stack>
  );
}

function AskedPart({ operation }: { readonly operation: string | null }) {
  const t = useTexts(accessTexts);
  return (
    <Section title={t("asked")} hint={t("askedHint")}>
      {operation === null ? (
        <Text>{t("notRead")}</Text>
      ) : (
        <Code block tabIndex={0} className={styles.operation ?? ""}>
          {operation}
        </Code>
      )}
    </Section>
  );
}

// How a request ended, in words, with a sign and a colour: the colour alone tells nothing.
import {
  IconAlertCircle,
  IconCircleCheck,
  IconCircleHalf2,
  IconCircleX,
  IconEye,
  IconQuestionMark,
} from "@tabler/icons-react";
import { useTexts } from "../../app/language.js";
import styles from "./outcome.module.css";
import type { Row } from "./questions.js";
import { accessesTexts } from "./texts.js";

const signs = {
  ANSWERED: { Icon: IconCircleCheck, tone: "good" },
  PARTIAL: { Icon: IconCircleHalf2, tone: "warn" },
  REFUSED: { Icon: IconCircleX, tone: "bad" },
  INVALID: { Icon: IconQuestionMark, tone: "calm" },
  FAILED: { Icon: IconAlertCircle, tone: "bad" },
  STAFF: { Icon: IconEye, tone: "town" },
} as const;

export function Outcome({ outcome }: { readonly outcome: Row["outcome"] }) {
  const t = useTexts(accessesTexts);
  // Its content was removed at the end of its time.
  if (outcome === null) return <span className={styles.outcome}>{t("removed")}</span>;
  const { Icon, tone } = signs[outcome];
  return (
    <span className={styles.outcome} data-tone={tone}>
      <Icon size={15} stroke={2} aria-hidden />
      {t(outcome)}
    </span>
  );
}

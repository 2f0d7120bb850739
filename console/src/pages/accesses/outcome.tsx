// How a request ended, in words, with a sign and a colour: the colour alone tells nothing.
import {
  IconAlertCircle,
  IconAlertTriangle,
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
  ALTERED: { Icon: IconAlertTriangle, tone: "bad" },
} as const;

export function Outcome({ outcome }: { readonly outcome: Row["outcome"] }) {
  const t = useTexts(accessesTexts);
  // What was recorded cannot be read any more: it was altered.
  const told = outcome ?? "ALTERED";
  const { Icon, tone } = signs[told];
  return (
    <span className={styles.outcome} data-tone={tone}>
      <Icon size={15} stroke={2} aria-hidden />
      {t(told)}
    </span>
  );
}

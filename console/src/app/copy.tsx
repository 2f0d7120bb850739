import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { appTexts } from "./app-texts.js";
import { useTexts } from "./language.js";

/** @param label what is copied, where several buttons of a page do it */
export function Copy({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useTexts(appTexts);
  return (
    <CopyButton value={text} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="compact-sm"
          onClick={copy}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        >
          <span aria-live="polite">{copied ? t("copied") : (label ?? t("copy"))}</span>
        </Button>
      )}
    </CopyButton>
  );
}

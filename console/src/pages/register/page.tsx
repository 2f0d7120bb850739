// The register of processing activities (GDPR art. 30): all of them in a table, or one whole; and the files of it.
import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { appTexts } from "../../app/app-texts.js";
import { useLanguage, useSaid, useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { Page } from "../../app/page.js";
import { Answer, Empty, Needs } from "../../app/states.js";
import { useRight, useTown } from "../../app/town.js";
import { DownloadForm } from "../export/download-form.js";
import { ActivityDetail } from "./activity-detail.js";
import { ActivityTable } from "./activity-table.js";
import { registerQuery } from "./question.js";
import { registerTexts } from "./texts.js";

const route = getRouteApi("/$town/register");

export function RegisterPage() {
  const app = useTexts(appTexts);
  const t = useTexts(registerTexts);
  const said = useSaid();
  const { name } = useTown();
  const mayRead = useRight("READ_REGISTER");
  const { activity } = route.useSearch();
  const query = useQuery({ ...registerQuery(name), enabled: mayRead });
  const one = query.data?.find(({ agreement }) => agreement === activity);
  return (
    <Page
      title={one === undefined ? app("register") : said(one.title)}
      lead={activity === undefined ? t("lead") : <Back />}
      actions={mayRead ? <Files /> : undefined}
    >
      <Needs right="READ_REGISTER">
        <Answer of={query}>
          {(activities) => {
            if (activity !== undefined)
              return one === undefined ? <Empty title={t("unknown")} /> : <ActivityDetail activity={one} />;
            return activities.length === 0 ? (
              <Empty title={t("none")}>{t("noneWhy")}</Empty>
            ) : (
              <ActivityTable activities={activities} />
            );
          }}
        </Answer>
      </Needs>
    </Page>
  );
}

function Back() {
  const t = useTexts(registerTexts);
  const { name } = useTown();
  return (
    <LinkAnchor to="/$town/register" params={{ town: name }}>
      {t("back")}
    </LinkAnchor>
  );
}

function Files() {
  const t = useTexts(registerTexts);
  const { name } = useTown();
  const language = useLanguage();
  return (
    <Group gap="xs" role="group" aria-label={t("files")}>
      {(["pdf", "csv", "json"] as const).map((format) => (
        <DownloadForm key={format} fields={{ town: name, format: `register-${format}`, language }}>
          <Button type="submit" variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
            {format.toUpperCase()}
          </Button>
        </DownloadForm>
      ))}
    </Group>
  );
}

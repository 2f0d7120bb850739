import { appTexts } from "../../app/app-texts.js";
import { useTexts } from "../../app/language.js";
import { Page } from "../../app/page.js";
import { Loading } from "../../app/states.js";

export function OverviewPage() {
  const t = useTexts(appTexts);
  return (
    <Page title={t("overview")}>
      <Loading />
    </Page>
  );
}

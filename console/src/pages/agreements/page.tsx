import { appTexts } from "../../app/app-texts.js";
import { useTexts } from "../../app/language.js";
import { Page } from "../../app/page.js";
import { Loading } from "../../app/states.js";

export function AgreementsPage() {
  const t = useTexts(appTexts);
  return (
    <Page title={t("agreements")}>
      <Loading />
    </Page>
  );
}

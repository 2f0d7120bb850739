import { sourceConformance } from "./conformance.js";
import { restService, type Styled } from "./rest-service.js";

sourceConformance("rest", restService({ style: "page-total", able: true }));

const others: readonly Styled[] = ["none", "page", "offset", "offset-total", "cursor", "link"];
for (const style of others) {
  sourceConformance(`rest, which pages by ${style}`, restService({ style, able: true }), 20);
  sourceConformance(`rest, which only lists, by ${style}`, restService({ style, able: false }), 10);
}

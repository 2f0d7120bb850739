// Colours, type and density of the console. The palette is that of the citizen's pages; axe holds its contrasts.
import { Badge, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** From the ground of a notice (0) to its text on white (7): 7 on white and white on 7 pass 4.5:1, as do 2 and 3 on dark. */
const town: MantineColorsTuple = ["#eef5fa", "#d9e8f3", "#b9dcf6", "#8cc4ee", "#5ba3d6", "#3483b8", "#1f6798", "#124e78", "#0e3f63", "#0b3655"]; // prettier-ignore
const good: MantineColorsTuple = ["#e9f5ee", "#cfe9da", "#9be0b6", "#74c998", "#45a871", "#2a8857", "#1f7248", "#17603a", "#114a2c", "#0c3822"]; // prettier-ignore
const warn: MantineColorsTuple = ["#fff4de", "#ffe7b8", "#ffd48a", "#f5bb57", "#d6952a", "#ad7312", "#8c5a05", "#6f4400", "#573500", "#402700"]; // prettier-ignore
const bad: MantineColorsTuple = ["#fdeeee", "#fad6d6", "#ffb4b4", "#f08a8a", "#d95757", "#c03535", "#ad2626", "#9b1c1c", "#7a1414", "#5c0f0f"]; // prettier-ignore
const calm: MantineColorsTuple = ["#f3f6f8", "#e8ecf0", "#cfd8e0", "#b3bec9", "#8795a4", "#6b7785", "#566270", "#39444f", "#2b343d", "#1a222b"]; // prettier-ignore
/** Mantine's own greys in the dark, in the hue of the rest. */
const dark: MantineColorsTuple = ["#e8edf2", "#b3bec9", "#8795a4", "#6b7785", "#3f4c59", "#33404c", "#222c37", "#1a222b", "#151c23", "#11171d"]; // prettier-ignore

export const theme = createTheme({
  primaryColor: "town",
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  colors: { town, good, warn, bad, calm, dark },
  white: "#ffffff",
  black: "#18212b",
  fontFamily: `system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`,
  fontFamilyMonospace: `ui-monospace, "SFMono-Regular", "Cascadia Mono", "Noto Sans Mono", Menlo, Consolas, monospace`,
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.125rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  fontSizes: { xs: "0.8125rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: { Badge: Badge.extend({ defaultProps: { tt: "none", fw: 600, radius: "sm", variant: "light" } }) },
});

/** Grounds and lines as the citizen's pages have them. */
export const surfaces: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#18212b",
    "--mantine-color-dimmed": "#4a5662",
    "--mantine-color-placeholder": "#5d6975",
    "--mantine-color-default-border": "#c9d1d9",
    "--mantine-color-anchor": "#124e78",
    "--mantine-color-error": "#9b1c1c",
    "--console-ground": "#f3f6f8",
    "--console-tint": "#e6f0f7",
    "--console-focus": "#b3470f",
  },
  dark: {
    "--mantine-color-body": "#1a222b",
    "--mantine-color-text": "#e8edf2",
    "--mantine-color-dimmed": "#b3bec9",
    "--mantine-color-placeholder": "#a3afbb",
    "--mantine-color-default": "#222c37",
    "--mantine-color-default-hover": "#2b3641",
    "--mantine-color-default-color": "#e8edf2",
    "--mantine-color-default-border": "#3f4c59",
    "--mantine-color-anchor": "#8cc4ee",
    "--mantine-color-error": "#ffb4b4",
    "--console-ground": "#11171d",
    "--console-tint": "#1d3040",
    "--console-focus": "#ffb37a",
  },
});

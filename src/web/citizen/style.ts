// The one style sheet of the citizen's pages, named by its content, so that it may be kept by browsers for ever.
import { createHash } from "node:crypto";

const light = `--ink:#18212b;--soft:#4a5662;--paper:#ffffff;--ground:#f3f6f8;--line:#c9d1d9;--firm:#6b7785;--main:#124e78;--main-strong:#0b3655;--on-main:#ffffff;--tint:#e6f0f7;--focus:#b3470f;--yes:#17603a;--yes-ground:#e3f3e9;--ask:#6f4400;--ask-ground:#fff1d6;--no:#39444f;--no-ground:#e8ecf0;--object:#5a2a82;--object-ground:#f1e8f9;--bad:#9b1c1c;--bad-ground:#fdeaea;`;
const dark = `--ink:#e8edf2;--soft:#b3bec9;--paper:#1a222b;--ground:#11171d;--line:#3a4653;--firm:#8795a4;--main:#8cc4ee;--main-strong:#b9dcf6;--on-main:#0b2233;--tint:#1d3040;--focus:#ffb37a;--yes:#9be0b6;--yes-ground:#15321f;--ask:#ffd48a;--ask-ground:#3a2a0c;--no:#cfd8e0;--no-ground:#2b3641;--object:#dcbcf5;--object-ground:#33204a;--bad:#ffb4b4;--bad-ground:#421a1a;`;

export const styleSheet = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
a{color:var(--main);text-underline-offset:.18em;text-decoration-thickness:.07em}
a:hover{color:var(--main-strong);text-decoration-thickness:.14em}
:focus-visible{outline:3px solid var(--focus);outline-offset:3px;border-radius:3px}
main:focus{outline:none}
h1,h2,h3,h4{line-height:1.25;text-wrap:balance;margin:0}
h1{font-size:clamp(1.65rem,1.3rem + 1.6vw,2.3rem);letter-spacing:-.01em}
h2{font-size:clamp(1.3rem,1.15rem + .8vw,1.6rem)}
h3{font-size:1.2rem}
h4{font-size:1.0625rem}
p{margin:0}
ul,ol{margin:0;padding-inline-start:1.3rem}
.wide{max-width:66rem;margin-inline:auto;padding-inline:1rem}
.flow>*+*{margin-top:1rem}
.flow>*+h2{margin-top:2.5rem}
.measure{max-width:42rem}
.soft{color:var(--soft)}
.small{font-size:.9375rem}
.skip{position:absolute;inset-inline-start:1rem;top:-6rem;background:var(--paper);color:var(--main);padding:.75rem 1rem;border:2px solid var(--main);border-radius:0 0 6px 6px;z-index:1}
.skip:focus{top:0}
.hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.head{background:var(--paper);border-bottom:1px solid var(--line);border-top:5px solid var(--main)}
.head .wide{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding-block:.75rem}
.brand{display:flex;flex-direction:column;margin-inline-end:auto;color:var(--ink);text-decoration:none;line-height:1.3;padding-block:.25rem}
.brand:hover{color:var(--ink)}
.brand strong{font-size:1.125rem}
.brand span{color:var(--soft);font-size:.9375rem}
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1rem}
.tools a,.tools button{min-height:44px;display:inline-flex;align-items:center}
.plain{font:inherit;background:none;border:0;padding:0;color:var(--main);text-decoration:underline;text-underline-offset:.18em;cursor:pointer}
.plain:hover{color:var(--main-strong)}
.menu{background:var(--paper);border-bottom:1px solid var(--line)}
.menu ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:0 .5rem}
.menu a{display:flex;align-items:center;min-height:48px;padding:0 .75rem;text-decoration:none;border-bottom:4px solid transparent;border-top:4px solid transparent}
.menu a:hover{border-bottom-color:var(--line)}
.menu a[aria-current]{border-bottom-color:var(--main);font-weight:600;color:var(--ink)}
main{padding-block:2rem 3.5rem}
.foot{border-top:1px solid var(--line);background:var(--paper);padding-block:1.75rem 2.25rem;font-size:.9375rem}
.foot p+p{margin-top:.5rem}
.button{font:inherit;font-weight:600;line-height:1.3;min-height:48px;padding:.7rem 1.25rem;border-radius:6px;border:2px solid var(--main);background:var(--paper);color:var(--main);cursor:pointer;text-decoration:none;display:inline-flex;align-items:center;justify-content:center;text-align:center}
.button:hover{background:var(--tint);color:var(--main-strong);border-color:var(--main-strong)}
.button.first{background:var(--main);color:var(--on-main)}
.button.first:hover{background:var(--main-strong);border-color:var(--main-strong);color:var(--on-main)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;align-items:stretch}
.actions form{display:flex;flex:0 1 auto}
.hero{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:clamp(1.25rem,4vw,2.5rem)}
.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;overflow:clip}
.card+.card{margin-top:1.5rem}
.card>header{padding:1.1rem clamp(1rem,3vw,1.75rem);display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:flex-start;justify-content:space-between}
.card>header>div{flex:1 1 18rem}
.card>header p{margin-top:.35rem}
.facts{margin:0;padding:0 clamp(1rem,3vw,1.75rem) 1.25rem;display:grid;gap:.9rem 2rem;grid-template-columns:minmax(0,1fr)}
.facts dt{color:var(--soft);font-size:.9375rem}
.facts dd{margin:0}
.unit{border-top:1px solid var(--line);padding:1.1rem clamp(1rem,3vw,1.75rem) 1.35rem}
.unit>*+*{margin-top:.85rem}
.unit .top{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}
.fields{columns:18rem;column-gap:2.5rem}
.fields li{break-inside:avoid;padding-block:.1rem}
.tag{display:inline-block;font-size:.875rem;font-weight:600;line-height:1.35;padding:.2rem .6rem;border-radius:4px;border:1px solid currentColor;background:var(--no-ground);color:var(--no)}
.tag.yes{background:var(--yes-ground);color:var(--yes)}
.tag.ask{background:var(--ask-ground);color:var(--ask)}
.tag.object{background:var(--object-ground);color:var(--object)}
.note{border-inline-start:5px solid var(--main);background:var(--tint);padding:.9rem 1.1rem;border-radius:0 6px 6px 0}
.note.ask{border-color:var(--ask);background:var(--ask-ground)}
.note.bad{border-color:var(--bad);background:var(--bad-ground)}
.note.yes{border-color:var(--yes);background:var(--yes-ground)}
.note>*+*{margin-top:.4rem}
.toc ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.5rem}
.shown{background:var(--paper);border:2px solid var(--firm);border-radius:10px;padding:clamp(1rem,3vw,1.75rem)}
.shown p+p{margin-top:.7rem}
.shown p:first-child{font-weight:600}
label,legend{font-weight:600}
.hint{color:var(--soft);font-size:.9375rem;font-weight:400}
.fault{color:var(--bad);font-weight:600}
textarea,select{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--firm);border-radius:6px;padding:.65rem .75rem;min-height:48px;width:100%}
textarea{min-height:9rem;resize:vertical}
.filters{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;align-items:end;background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1.1rem clamp(1rem,3vw,1.5rem)}
.filters label{display:block;margin-bottom:.3rem}
.day{margin-top:2rem}
.day ol{list-style:none;padding:0;margin-top:.75rem;background:var(--paper);border:1px solid var(--line);border-radius:10px}
.day li.access{padding:1rem clamp(1rem,3vw,1.5rem);display:grid;grid-template-columns:minmax(0,1fr);gap:.25rem 1.5rem}
.day li.access+li.access{border-top:1px solid var(--line)}
.day .access>div>*+*{margin-top:.35rem}
time{font-variant-numeric:tabular-nums}
.pages{margin-top:1.75rem;display:flex;flex-wrap:wrap;gap:.75rem}
summary{min-height:44px;padding-block:.55rem;cursor:pointer;color:var(--main);text-decoration:underline;text-underline-offset:.18em}
details>ul,details>p{margin-top:.25rem}
.unit .small{max-width:44rem}
dl.words{margin:0}
dl.words dt{font-weight:600;margin-top:.9rem}
dl.words dd{margin:.15rem 0 0}
.address{overflow-wrap:anywhere}
@media (min-width:44rem){
.facts{grid-template-columns:repeat(2,minmax(0,1fr))}
.filters{grid-template-columns:repeat(3,minmax(0,1fr)) auto}
.day li.access{grid-template-columns:5rem minmax(0,1fr)}
}
@media (max-width:30rem){
.actions,.actions form,.actions .button,.pages .button{width:100%}
.actions form{flex:1 1 100%}
.menu ul{flex-direction:column;padding-block:.25rem}
.menu a{border-top:0;border-bottom:0;border-inline-start:4px solid transparent}
.menu a[aria-current]{border-inline-start-color:var(--main)}
}
@media (prefers-reduced-motion:no-preference){.button,.menu a{transition:background-color .12s,border-color .12s}}
@media (forced-colors:active){.button,.tag,.note,.card{border:2px solid}}
@media print{.menu,.tools,.actions,.skip{display:none}body{background:#fff}}
`.trim();

/** Beside `base`: `/citizen/style-….css`. */
export const styleName = `style-${createHash("sha256").update(styleSheet).digest("hex").slice(0, 16)}.css`;

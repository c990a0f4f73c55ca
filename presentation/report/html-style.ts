/** Behind the numbers of a heat map; faint enough for text of either scheme. */
const shades = [1, 2, 3, 4]
  .map((step) => {
    const opacity = (0.07 * step).toFixed(2);
    return `td.gain-${step}{background:rgba(46,160,67,${opacity})}td.loss-${step}{background:rgba(218,54,51,${opacity})}`;
  })
  .join('\n');

/** The page's only style: no font, image or script is fetched. */
export const style = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--muted:#59636e;--rule:#d5dae0;--panel:#f5f7f9;--good:#116329;--warn:#8a4600;\
--bad:#b3151b;--link:#0a58b5;
--chart-ink:#1b1f24;--chart-rule:#d5dae0;--chart-1:#2370bd;--chart-2:#4e1923;--chart-3:#c68206;--chart-4:#a33e23;--chart-5:#290e9b;\
--chart-6:#8e828b;--chart-7:#6e4871;--chart-8:#3295f6}
@media (prefers-color-scheme:dark){:root{--page:#14181d;--ink:#e4e8ec;--muted:#9aa5b1;--rule:#38414b;--panel:#1c2229;--good:#6fd08a;\
--warn:#f0b060;--bad:#ff8f8a;--link:#7cb8ff;
--chart-ink:#e4e8ec;--chart-rule:#38414b;--chart-1:#4ab8fd;--chart-2:#ede94e;--chart-3:#b54a48;--chart-4:#d79127;--chart-5:#6269f1;\
--chart-6:#9494a1;--chart-7:#a0f1fa;--chart-8:#875da0}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica \
Neue",Arial,sans-serif}
main,header,footer{max-width:74rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.5rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:0 0 1rem;padding-top:.3rem}
h3{font-size:1.05rem;margin:1.75rem 0 .75rem}
section{margin:2.25rem 0;border-top:2px solid var(--rule);padding-top:.75rem}
p{margin:.75rem 0;max-width:60rem}
a{color:var(--link)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.75rem 0 0;padding:0}
.lead,.muted{color:var(--muted)}.good{color:var(--good)}.warn{color:var(--warn);font-weight:600}.bad{color:var(--bad);font-weight:600}
code{font:.87em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.25rem;margin:1rem 0;background:var(--panel);padding:.75rem \
1rem;border-radius:6px}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow:auto;max-height:40rem;width:fit-content;min-width:min(100%,34rem);max-width:100%;margin:1rem 0;border:1px solid \
var(--rule);border-radius:6px}
.scroll:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:.9rem}
caption{text-align:left;font-weight:600;padding:.6rem .75rem}
caption span{display:inline-block;position:sticky;left:.75rem;max-width:calc(100vw - 3.5rem)}
th,td{padding:.35rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--rule)}
thead th{position:sticky;top:0;background:var(--panel);vertical-align:bottom;font-weight:600;z-index:1}
tbody th{font-weight:500;position:sticky;left:0;background:var(--page)}
thead th:first-child{left:0;z-index:2}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td,tbody th{min-width:4.5rem;max-width:28rem}tbody th{white-space:nowrap;max-width:none}thead th.number{white-space:normal}
td.code,th.code{max-width:none;white-space:nowrap}
${shades}
figure{margin:1.25rem 0}
figcaption{font-weight:600;margin-bottom:.4rem}
figure svg{display:block;width:100%;height:auto}
.narrow{display:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:0 0 .5rem;padding:0;font-size:.9em}
.legend li::before{content:"";display:inline-block;width:.85em;height:.85em;margin-right:.4em;border-radius:2px;background:var(--swatch);\
vertical-align:-.05em}
footer{color:var(--muted);font-size:.87rem;padding-bottom:2rem}
@media (max-width:40rem){main,header,footer{padding-left:.9rem;\
padding-right:.9rem}h1{font-size:1.35rem}.wide{display:none}.narrow{display:block}dl{grid-template-columns:minmax(0,1fr);\
gap:0}dd{margin-bottom:.5rem}th,td{padding:.35rem .55rem}tbody th{white-space:normal}}
@page{size:A4 landscape;margin:12mm}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--muted:#444;--rule:#bbb;--panel:#fff;--good:#116329;--warn:#8a4600;\
--bad:#b3151b;--link:#000;--chart-ink:#1b1f24;--chart-rule:#d5dae0;--chart-1:#2370bd;--chart-2:#4e1923;--chart-3:#c68206;\
--chart-4:#a33e23;--chart-5:#290e9b;--chart-6:#8e828b;--chart-7:#6e4871;--chart-8:#3295f6}
body{font-size:10pt}main,header,footer{max-width:none;padding:0}nav{display:none}\
section{break-inside:auto}section[id^="profile-"]{break-before:page}h2,h3{break-after:avoid}
.scroll{max-height:none;overflow:visible;width:auto;min-width:0;border:0}
table{font-size:7.5pt}thead{display:table-header-group}tr,figure{break-inside:avoid}
thead th,tbody th,caption span{position:static}caption span{max-width:none}
th,td,td.number,th.number,td.code,th.code,tbody th{min-width:0;max-width:none;padding:.15rem .3rem;white-space:normal;\
overflow-wrap:anywhere}
.wide{display:block}.narrow{display:none}}
`;

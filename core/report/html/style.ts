/** The page's style: readable without any other file, light and dark by the reader's setting, and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--panel:#f6f4f1;--ink:#211d19;--soft:#6a625a;--line:#e2dcd5;--accent:#8a4b1f;--good:#1f6b3a;--caution:#8a5a00;--bad:#a3231c;--surface:var(--ground);--chart-1:#9a5526;--chart-2:#2f6f9f;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
@media screen and (prefers-color-scheme:dark){:root{--ground:#181512;--panel:#221e1a;--ink:#efe9e2;--soft:#a89f95;--line:#3a342e;--accent:#e0a06a;--good:#7cc796;--caution:#e2b45a;--bad:#f08a80;--chart-1:#dd9c66;--chart-2:#79b3de}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 var(--sans)}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{margin:0;font-size:1.75rem;line-height:1.2;overflow-wrap:anywhere}
h2{margin:2.5rem 0 .75rem;font-size:1.15rem}
.under{margin:.25rem 0 1.5rem;color:var(--soft)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:0;padding:0;list-style:none}
.figures li{background:var(--panel);border-radius:.5rem;padding:.75rem 1rem}
.figures .name{display:block;color:var(--soft);font-size:.85rem}
.figures .value{font-size:1.45rem;font-variant-numeric:tabular-nums;white-space:nowrap}
.figures .main{background:var(--accent);color:var(--ground)}
.figures .main .name{color:inherit}
.findings{margin:1.25rem 0 0;padding:0;list-style:none}
.findings li{border-left:.3rem solid;padding:.35rem .9rem;margin:.5rem 0;background:var(--panel);border-radius:0 .4rem .4rem 0}
.findings strong{margin-right:.4rem}
.findings .good{border-color:var(--good)}.good strong{color:var(--good)}
.findings .caution{border-color:var(--caution)}.caution strong{color:var(--caution)}
.findings .bad{border-color:var(--bad)}.bad strong{color:var(--bad)}
caption{text-align:left;font-weight:600;padding-bottom:.4rem}
.chart{margin:0 0 1.5rem;overflow-x:auto}
.chart svg{min-width:34rem}
.wide{overflow-x:auto;margin-bottom:1.5rem}
table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}
.wide table{margin:0}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);font-weight:400;font-variant-numeric:tabular-nums}
thead th{color:var(--soft);font-size:.85rem}
.facts th{width:13rem;color:var(--soft)}
td{overflow-wrap:anywhere}
.number{text-align:right;white-space:nowrap}
.note,footer{color:var(--soft);font-size:.9rem}
details summary{cursor:pointer;margin:.5rem 0}
@media print{:root{color-scheme:light}main{max-width:none;padding:0}table{break-inside:avoid}.chart{overflow:visible}.chart svg{min-width:0}.figures .main{print-color-adjust:exact}.figures li{border:1px solid var(--line)}}
`;

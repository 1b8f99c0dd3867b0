/** Style of `report.html`; readable in light and dark, on paper and on a telephone. */
export const REPORT_STYLE = `
:root{--ink:#1c2430;--soft:#586374;--line:#d9dee6;--panel:#fff;--page:#f4f6f9;--good:#1a7f4b;--fair:#b26a00;--bad:#c0303a;--tint:#eef2f7}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#a3adbb;--line:#343c49;--panel:#1d232c;--page:#14181f;--good:#4cc38a;--fair:#e0a84a;--bad:#f0727b;--tint:#252d38}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:var(--page)}
header{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:center;justify-content:space-between;padding:1.1rem clamp(1rem,4vw,3rem);background:var(--panel);border-bottom:4px solid var(--tone)}
h1{font-size:1.35rem;margin:0;overflow-wrap:anywhere}
header p{margin:.15rem 0 0;color:var(--soft);overflow-wrap:anywhere}
header .verdict{font-size:1.25rem;font-weight:600;color:var(--tone);margin:0}
.good{--tone:var(--good)}.fair{--tone:var(--fair)}.bad{--tone:var(--bad)}
main{max-width:78rem;margin:0 auto;padding:1rem clamp(.75rem,4vw,3rem) 3rem}
section{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1rem clamp(.75rem,2vw,1.5rem);margin-top:1rem}
h2{font-size:1.05rem;margin:0 0 .75rem}h3{font-size:.95rem;margin:1rem 0 .25rem}
.sums{display:flex;flex-wrap:wrap;gap:1rem;align-items:center}
.rate{margin:0;text-align:center;color:var(--soft)}.rate svg{width:7.5rem;height:7.5rem}
.rate circle{fill:none;stroke-width:11}.rate .rest{stroke:var(--tint)}.rate .part{stroke:var(--tone)}
.rate text{fill:var(--ink);font-size:16px;font-weight:600;text-anchor:middle}
.sum{background:var(--tint);border-radius:8px;padding:.6rem 1rem;min-width:7rem}.sum b{display:block;font-size:1.4rem}.sum span{color:var(--soft)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.25rem 1.5rem;margin:1rem 0 0}
dl div{display:flex;gap:.5rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}.scroll:focus-visible,select:focus-visible,input:focus-visible,summary:focus-visible{outline:2px solid var(--good);outline-offset:2px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}td.number,th.number{text-align:right}td.number{font-variant-numeric:tabular-nums}td.value{font-family:ui-monospace,monospace;overflow-wrap:anywhere;min-width:8rem}
code{font-size:.85em;color:var(--soft)}
.tag{border-radius:4px;padding:.05rem .4rem;border:1px solid currentColor;white-space:nowrap}.tag.error{color:var(--bad)}.tag.warning{color:var(--fair)}.tag.message{color:var(--soft)}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:0 0 .75rem}.filters[hidden]{display:none}.filters label{display:flex;flex-direction:column;color:var(--soft)}
select,input{font:inherit;color:var(--ink);background:var(--page);border:1px solid var(--line);border-radius:6px;padding:.3rem .5rem;max-width:20rem}
.note,output{color:var(--soft)}
details{margin-top:.5rem}summary{cursor:pointer;font-weight:600}
.bar{width:5rem;height:.5rem;vertical-align:middle;margin-left:.5rem}.bar .rest{fill:var(--tint)}.bar .part{fill:var(--good)}
@media print{.filters{display:none}body{background:none}section{break-inside:avoid-page}}
`;

/** Filters of `report.html`: what is in the page already is shown or hidden, nothing else. */
export const REPORT_SCRIPT = `
const form=document.querySelector('.filters');
if(form){
const rows=[...document.querySelectorAll('#failure-table tbody tr')];
const out=form.querySelector('output');
const apply=()=>{
const data=new FormData(form);
const text=String(data.get('text')).toLowerCase();
let shown=0;
for(const row of rows){
const fits=['severity','file','rule'].every((name)=>!data.get(name)||row.dataset[name]===data.get(name))&&(!text||row.textContent.toLowerCase().includes(text));
row.hidden=!fits;
if(fits)shown+=1;
}
out.textContent=form.dataset.count.replace('{shown}',shown).replace('{total}',rows.length);
};
form.hidden=false;
form.addEventListener('input',apply);
form.addEventListener('submit',(event)=>event.preventDefault());
apply();
}
`;

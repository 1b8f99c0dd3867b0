/** Style of the operations page; readable in light and dark, and on a telephone. */
export const OPERATIONS_STYLE = `
:root{--ink:#1c2430;--soft:#586374;--line:#d9dee6;--panel:#fff;--page:#f4f6f9;--one:#2f6fde;--two:#e0873a;--good:#1a7f4b;--fair:#b26a00;--bad:#c0303a}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#a3adbb;--line:#343c49;--panel:#1d232c;--page:#14181f;--one:#6ea0ff;--two:#f0a766;--good:#4cc38a;--fair:#e0a84a;--bad:#f0727b}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:var(--page)}
header{padding:1rem clamp(1rem,4vw,3rem);background:var(--panel);border-bottom:1px solid var(--line)}
h1{font-size:1.3rem;margin:0}header p{margin:0;color:var(--soft)}h2{font-size:1rem;margin:0 0 .5rem}
.operations{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem;padding:1rem clamp(.75rem,4vw,3rem)}
section{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1rem;min-width:0}
p{margin:.25rem 0}.none,.axis{color:var(--soft)}.axis{display:flex;justify-content:space-between;gap:1rem;font-size:.8rem}
.bars{width:100%;height:8rem;border-bottom:1px solid var(--line)}
.part-0{fill:var(--one);background:var(--one)}.part-1{fill:var(--two);background:var(--two)}
.key{display:inline-block;width:.7rem;height:.7rem;border-radius:2px;margin:0 .4rem 0 0}p .key+.key,p .key:nth-of-type(2){margin-left:1rem}
.outcome-0{background:var(--good)}.outcome-1{background:var(--fair)}.outcome-2{background:var(--bad)}.outcome-3{background:var(--soft)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400;font-variant-numeric:tabular-nums}thead th{color:var(--soft)}
.scroll{overflow-x:auto}code{font-size:.85em}
`;

/** The looks of all pages. Colours, corners and font come from `theme.ts` and may be a partner's own. */
export const style = `
:root{color-scheme:light dark;--page:#f3f5f6;--on-page:#16212b;--soft-on-page:#55636e;--card:#fff;--ink:#16212b;--soft:#55636e;--line:#e1e6e9;--wash:#f5f7f8;--raised:#fff;
--radius:14px;--font:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--good:#0d6b4a;--good-wash:#e0f3ea;--warn:#7d4b00;--warn-wash:#fdf0d8;--bad:#a4262c;--bad-wash:#fce8e8;--calm:#2f4a64;--calm-wash:#e6edf4;--focus:#0a6ebd}
@media screen and (prefers-color-scheme:dark){:root{--page:#0f151a;--on-page:#e8eef2;--soft-on-page:#a3b1bc;--card:#182128;--ink:#e8eef2;--soft:#a3b1bc;--line:#2c3943;--wash:#1f2a32;--raised:#3a4954;
--good:#7fdcb4;--good-wash:#143528;--warn:#f2c26b;--warn-wash:#3a2c10;--bad:#ff9d9d;--bad-wash:#431e20;--calm:#a9c8e6;--calm-wash:#1d3042;--focus:#6cb8f5}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 var(--font);overflow-wrap:anywhere}
h1,h2,p,dl,dd,ul,figure,fieldset{margin:0;padding:0;border:0}
ul{list-style:none}
html[dir=ltr] [dir=auto]{text-align:left}html[dir=rtl] [dir=auto]{text-align:right}
.frame{max-width:1120px;margin:0 auto;padding:20px 16px 56px}
.top{display:flex;align-items:center;justify-content:space-between;gap:16px;min-height:44px;margin-bottom:16px;color:var(--on-page)}
.sender{font-size:18px;font-weight:650;letter-spacing:-.01em}
.logo{display:block;max-height:52px;max-width:220px;object-fit:contain}
.languages{display:flex;gap:2px;flex:none;font-size:14px}
.languages a{padding:6px 10px;border-radius:99px;color:var(--soft-on-page);text-decoration:none}
.languages a[aria-current]{color:var(--ink);background:var(--card);font-weight:600}
.languages a:hover{text-decoration:underline}
main,.side{display:grid;grid-template-columns:minmax(0,1fr);gap:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:22px 20px}
.badge{display:inline-block;padding:3px 11px;border-radius:99px;font-size:13px;font-weight:600;line-height:20px}
.good{color:var(--good);background:var(--good-wash)}.warn{color:var(--warn);background:var(--warn-wash)}.bad{color:var(--bad);background:var(--bad-wash)}.calm{color:var(--calm);background:var(--calm-wash)}
.kind{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:6px 12px;font-size:15px;color:var(--soft)}
.figure{margin-top:16px}
.label{font-size:14px;color:var(--soft)}
.amount{font-size:clamp(32px,9vw,40px);line-height:1.15;font-weight:700;letter-spacing:-.025em;font-variant-numeric:tabular-nums}
.hero p.note{margin-top:6px;color:var(--soft)}
.hero p.early{margin-top:10px;padding:8px 12px;border-radius:calc(var(--radius)*.6);color:var(--good);background:var(--good-wash);font-size:15px}
.actions{display:grid;gap:10px;margin-top:20px}
.button{display:flex;align-items:center;justify-content:center;width:100%;min-height:48px;padding:10px 18px;border:1px solid var(--line);border-radius:calc(var(--radius)*.75);background:var(--card);color:var(--ink);font:600 16px/1.3 var(--font);text-align:center;text-decoration:none;cursor:pointer}
.button:hover{background:var(--wash)}
.button.main{border-color:transparent;background:var(--accent);color:var(--on-accent)}
.button.main:hover{filter:brightness(1.12)}
.button[aria-busy=true],.button:disabled{opacity:.65;cursor:default}
a:focus-visible,button:focus-visible,summary:focus-visible,input:focus-visible,textarea:focus-visible,.pad:focus-visible,.kinds input:focus-visible+span{outline:3px solid var(--focus);outline-offset:2px}
h1{font-size:23px;line-height:1.25;letter-spacing:-.02em}
h2{font-size:15px;font-weight:650;letter-spacing:-.005em}
.parties{display:grid;gap:16px;margin-top:20px}
.parties strong{display:block;font-weight:600}
.parties p{color:var(--soft);font-size:15px}
.meta{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));gap:14px 18px;margin-top:20px;padding-top:18px;border-top:1px solid var(--line)}
dt{font-size:13px;color:var(--soft)}
dd{font-size:15px}
.text{white-space:pre-line}
.text{margin-top:18px}
.lines{width:100%;margin-top:22px;border-collapse:collapse;font-size:15px}
.lines thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.lines tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:13px 0;border-top:1px solid var(--line)}
.lines tbody tr:last-child{border-bottom:1px solid var(--line)}
.lines td{padding:0;color:var(--soft);font-size:14px}
.lines td[data-label]::before{content:attr(data-label) " "}
.lines .none{display:none}
.lines td.name{flex:1 0 100%;color:var(--ink);font-size:16px}
.lines .name strong{font-weight:600}
.lines .name span{display:block;white-space:pre-line;color:var(--soft);font-size:14px}
.lines td.last{margin-inline-start:auto;color:var(--ink);font-size:16px;font-weight:600}
.lines td.last::before{content:none!important}
.number{font-variant-numeric:tabular-nums}
.totals{width:100%;margin:16px 0 0;border-collapse:collapse;font-variant-numeric:tabular-nums}
.totals th,.totals td{padding:4px 0;font-weight:400;text-align:start;vertical-align:baseline}
.totals td{text-align:end;white-space:nowrap;padding-inline-start:16px}
.totals small{color:var(--soft);font-size:13px}
.totals .part th,.totals .part td{color:var(--soft);font-size:14px}
.totals .part th{padding-inline-start:14px}
.totals .sum th,.totals .sum td,.totals .due th,.totals .due td{padding-top:9px;border-top:1px solid var(--line);font-weight:650}
.totals .due th,.totals .due td{font-size:19px;letter-spacing:-.01em}
.small{margin-top:18px;color:var(--soft);font-size:14px;white-space:pre-line}
.small p+p,.small li+li{margin-top:4px}
.legal{margin-top:20px;padding-top:14px;border-top:1px solid var(--line);color:var(--soft);font-size:13px}
.rows{display:grid;gap:12px;margin-top:14px}
.rows div{display:grid;grid-template-columns:1fr auto;align-items:center;gap:0 10px}
.rows dt,.rows dd{grid-column:1}
.rows dd{font-variant-numeric:tabular-nums}
.copy{grid-column:2;grid-row:1/3;min-height:36px;padding:4px 11px;border:1px solid var(--line);border-radius:99px;background:none;color:var(--soft);font:600 13px var(--font);cursor:pointer}
.copy:hover{color:var(--ink);background:var(--wash)}
.code{display:none;margin-top:18px}
.code svg{display:block;width:132px;height:132px;padding:10px;border-radius:8px;background:#fff}
.code figcaption{margin-top:6px;color:var(--soft);font-size:13px}
form{display:grid;gap:14px;margin-top:14px}
label,.field{display:grid;gap:5px;font-size:14px;font-weight:600}
input[type=text],input[type=email],textarea{width:100%;min-height:48px;padding:11px 13px;border:1px solid #808d97;border-radius:calc(var(--radius)*.6);background:var(--card);color:var(--ink);font:16px/1.4 var(--font)}
textarea{min-height:88px;resize:vertical}
[aria-invalid=true]{border-color:var(--bad)!important}
.fault{color:var(--bad);font-size:14px;font-weight:500}
.hint{color:var(--soft);font-size:15px}
.kinds{display:flex;padding:3px;border-radius:calc(var(--radius)*.7);background:var(--wash);border:1px solid var(--line)}
.kinds[hidden],.drawing[hidden],.written[hidden]{display:none}
.kinds label{flex:1;display:block;cursor:pointer}
.kinds input{position:absolute;opacity:0}
.kinds span{display:block;padding:8px;border-radius:calc(var(--radius)*.55);text-align:center;color:var(--soft)}
.kinds input:checked+span{background:var(--raised);color:var(--ink);box-shadow:0 1px 3px #0003}
.pad{display:block;width:100%;height:160px;border:1px dashed #808d97;border-radius:calc(var(--radius)*.6);background:#fff;touch-action:none;cursor:crosshair}
.under{display:flex;justify-content:space-between;align-items:center;gap:12px;color:var(--soft);font-size:13px;font-weight:400}
.plain{flex:none;padding:8px 4px;border:0;background:none;color:var(--ink);font:600 14px var(--font);text-decoration:underline;cursor:pointer}
.written{min-height:72px;display:flex;align-items:center;justify-content:center;padding:8px 14px;border:1px dashed #808d97;border-radius:calc(var(--radius)*.6);background:#fff;color:#14213d;font:italic 500 25px/1.3 Inter,var(--font)}
details{margin-top:16px;padding-top:6px;border-top:1px solid var(--line)}
summary{padding:10px 2px;font-weight:600;color:var(--soft);cursor:pointer}
.signature{display:block;max-width:min(100%,280px);max-height:96px;margin-top:12px;padding:8px 14px;border-radius:8px;background:#fff;border:1px solid var(--line)}
.bottom{margin-top:20px;text-align:center;font-size:13px;color:var(--soft-on-page)}
.bottom a{color:inherit}
.message{width:100%;max-width:520px;margin:12vh auto 0;text-align:center}
.message p{margin:10px 0 0;color:var(--soft)}
.message .button{margin-top:22px}
@media (min-width:560px){.parties{grid-template-columns:1fr 1fr}.card{padding:28px}}
@media (min-width:720px){
.code{display:block}
.lines,.lines thead,.lines tbody{position:static;clip-path:none}.lines{display:table}.lines thead{display:table-header-group}
.lines tr{display:table-row;border:0}.lines tbody tr:last-child{border:0}
.lines th{padding:0 0 8px 12px;color:var(--soft);font-size:13px;font-weight:500;text-align:start;vertical-align:bottom;border-bottom:1px solid var(--line)}
.lines td,.lines td.last{padding:12px 0 12px 12px;border-bottom:1px solid var(--line);color:var(--ink);font-size:15px;vertical-align:top;font-weight:400}
[dir=rtl] .lines th,[dir=rtl] .lines td{padding-left:0;padding-right:12px}
.lines th:first-child,.lines td:first-child{padding-inline-start:0!important}
.lines td[data-label]::before{content:none}
.lines .none{display:table-cell}
.lines .number{text-align:end}.lines td.number{white-space:nowrap}
.lines td:not(.name),.lines th{overflow-wrap:normal}
.lines th.name{width:40%}
.totals{width:min(100%,400px);margin-inline-start:auto}
}
@media (min-width:960px){
.frame{padding:32px 28px 72px}
main.paired{grid-template-columns:minmax(0,1fr) 368px;grid-template-rows:auto 1fr;gap:20px 24px;align-items:start}
.paired>.paper{grid-column:1;grid-row:1/3;padding:40px 44px}
.paired>.hero,.paired>.side{grid-column:2}
.narrow{display:none}
h1{font-size:27px}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
:root{--page:#fff;--wash:#fff}
body{font-size:11pt}.frame{max-width:none;padding:0}
.actions,.copy,form,details,.languages,.bottom,.answer{display:none!important}
.card{border:0;padding:0;margin:0 0 18px}.code{display:block}
.lines tr,.totals tr{break-inside:avoid}
}
`

"""The style of the digest, scoped by the class ``lbm``.

A page of its own brings light and dark colours. In a notebook those of JupyterLab's
theme are taken where it is there; elsewhere text inherits the page's colour and all
else is translucent, so that both kinds of page work without being known.
"""

from __future__ import annotations

_GREY = "rgba(128,128,128,"

CSS = f"""
.lbm{{font:14px/1.5 var(--lbm-font,var(--jp-ui-font-family,system-ui,-apple-system,\
'Segoe UI',Roboto,sans-serif));color:var(--lbm-ink,var(--jp-content-font-color1,\
inherit));max-width:780px;--lbm-face:{_GREY}.07);--lbm-rule:{_GREY}.25);\
--lbm-good:#1f8052;--lbm-bad:#bb4439;--lbm-open:#8f6a0a;--lbm-none:#6b7077;\
--lbm-blue:#2f74d0}}
.lbm.lbm p,.lbm.lbm ul{{margin:0}}
.lbm .lbm-s,.lbm small{{opacity:.72}}
.lbm.lbm h1{{font-size:24px;line-height:1.3;font-weight:600;letter-spacing:-.015em;\
margin:2px 0 18px;text-wrap:balance}}
.lbm.lbm h2{{font-size:13px;font-weight:600;margin:26px 0 8px;letter-spacing:.01em}}
.lbm.lbm h3{{font-size:17px;line-height:1.35;font-weight:600;margin:0 0 6px;\
letter-spacing:-.01em;text-wrap:balance}}
.lbm header p{{font-size:13px}}
.lbm-strip{{display:flex;flex-wrap:wrap;gap:1px;border-radius:8px;overflow:hidden;\
border:1px solid var(--lbm-rule)}}
.lbm-tile{{padding:11px 14px 12px;flex:1 1 150px;box-sizing:border-box;display:flex;\
flex-direction:column;gap:3px;\
box-shadow:0 0 0 1px var(--lbm-rule);background:var(--lbm-card,none);font-size:13px;\
line-height:1.4}}
.lbm-tile>.lbm-s{{font-size:12px}}
.lbm-tile b{{font-weight:600}}
.lbm-tile small{{font-size:12px}}
.lbm-dots{{display:flex;flex-wrap:wrap;gap:4px;min-height:14px;padding:4px 0}}
.lbm-dot{{width:12px;height:12px;border-radius:50%}}
.lbm-dot.lbm-inconclusive{{border-radius:3px}}
.lbm-dot.lbm-refuted{{border-radius:2px;transform:rotate(45deg) scale(.85)}}
.lbm-supported.lbm-dot,.lbm-supported.lbm-chip{{background:var(--lbm-good)}}
.lbm-refuted.lbm-dot,.lbm-refuted.lbm-chip{{background:var(--lbm-bad)}}
.lbm-inconclusive.lbm-dot,.lbm-inconclusive.lbm-chip,.lbm-withdrawn.lbm-chip\
{{background:var(--lbm-open)}}
.lbm-pending.lbm-dot,.lbm-pending.lbm-chip{{background:var(--lbm-none)}}
.lbm-bar{{height:10px;border-radius:5px;margin:6px 0;overflow:hidden;\
background:{_GREY}.22)}}
.lbm-bar i{{display:block;height:100%;background:var(--lbm-blue)}}
.lbm-days{{display:flex;gap:3px;padding:5px 0}}
.lbm-days i{{flex:1;height:12px;border-radius:2px;max-width:10px}}
.lbm-on{{background:var(--lbm-blue)}}
.lbm-off{{background:{_GREY}.22)}}
.lbm-wide{{flex:1.7 1 255px}}
.lbm-beside{{display:flex;gap:10px;align-items:flex-start}}
.lbm-beside b,.lbm-beside small{{display:block}}
.lbm-rel{{flex:none;margin:0 0 0 -5px;fill:none;stroke:currentColor;\
stroke-opacity:.4}}
.lbm-rel .d{{stroke-dasharray:3 3}}
.lbm-rel circle{{fill:var(--lbm-blue);stroke:none}}
.lbm-card{{border:1px solid var(--lbm-rule);\
border-radius:8px;padding:12px 16px 12px;margin:0 0 12px;\
background:var(--lbm-card,transparent)}}
.lbm-head{{display:flex;flex-wrap:wrap;gap:0 16px;justify-content:space-between;\
font-size:12px;margin-bottom:4px}}
.lbm-head>span:last-child{{opacity:.72}}
.lbm-body{{display:grid;grid-template-columns:minmax(0,1fr) 320px;gap:8px 20px;\
align-items:start}}
.lbm-body>div:only-child{{grid-column:1/-1}}
.lbm-plot svg{{display:block;max-width:100%;height:auto}}
.lbm-v{{margin:10px 0}}
.lbm-chip{{display:inline-block;font-size:12px;font-weight:600;color:#fff;\
border-radius:4px;padding:0 8px;line-height:21px;margin-bottom:4px}}
.lbm-pairs{{display:grid;grid-template-columns:max-content minmax(0,1fr);\
gap:1px 10px;font-size:13px}}
.lbm-pairs>span:nth-child(odd){{opacity:.72}}
.lbm.lbm code,.lbm.lbm pre{{font:12px/1.55 var(--jp-code-font-family,ui-monospace,\
Menlo,Consolas,monospace);color:inherit;background:none;padding:0;border:0}}
.lbm code{{overflow-wrap:anywhere}}
.lbm-learn code,.lbm-next code,.lbm li code{{user-select:all}}
.lbm-impact::before{{content:"→ ";opacity:.72}}
.lbm .lbm-learn{{font-size:13px;padding-top:9px;\
border-top:1px solid var(--lbm-rule);margin-top:10px!important}}
.lbm-learn b{{font-weight:600;margin-right:6px}}
.lbm.lbm pre{{margin:8px 0 0;padding:9px 11px;max-height:220px;overflow:auto;\
white-space:pre;border-radius:5px;background:{_GREY}.12);font-size:11.5px}}
.lbm.lbm ul{{list-style:none;padding:2px 16px;border:1px solid var(--lbm-rule);\
border-radius:8px;background:var(--lbm-card,transparent)}}
.lbm li{{padding:8px 0;border-bottom:1px solid var(--lbm-rule);line-height:1.45}}
.lbm li:last-child{{border-bottom:0}}
.lbm li code{{display:block;opacity:.8}}
.lbm-next{{margin-top:26px;padding:11px 16px;border:1px dashed {_GREY}.55);\
border-radius:8px;display:grid;grid-template-columns:max-content 1fr;gap:3px 14px}}
@media (max-width:640px){{.lbm-body{{grid-template-columns:minmax(0,1fr)}}\
.lbm-next{{grid-template-columns:1fr}}}}
""".strip()
"""Style sheet of the fragment; chips have a contrast of 4.5 with their white text."""

PAGE_CSS = """
:root{color-scheme:light dark;--lbm-page:#f6f4f0;--lbm-card:#fffefb;--lbm-ink:#26241f}
@media (prefers-color-scheme:dark){:root{--lbm-page:#17181b;--lbm-card:#202226;\
--lbm-ink:#e7e4de}}
body{margin:0;padding:40px 20px 60px;background:var(--lbm-page)}
main>.lbm{margin:0 auto}
@media print{body{padding:0;background:none}.lbm-card{break-inside:avoid}}
""".strip()
"""What a page of its own has around the fragment."""

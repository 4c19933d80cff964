"""The style of an experiment's HTML, scoped by the class ``lbk``.

Colours are those of JupyterLab's theme where it is there. Elsewhere text inherits
the page's colour and everything else is a translucent grey, so that light and
dark pages both work without being known.
"""

from __future__ import annotations

_GREY = "rgba(128,128,128,"

CSS = f"""
.lbk{{font:13px/1.5 var(--jp-ui-font-family,system-ui,-apple-system,'Segoe UI',\
Roboto,sans-serif);color:var(--jp-content-font-color1,inherit);max-width:640px;\
padding:2px 0 8px}}
.lbk>*{{margin:0 0 12px}}
.lbk p{{margin:0;line-height:1.5}}
.lbk .lbk-head{{display:flex;flex-wrap:wrap;gap:0 12px;\
justify-content:space-between;font-size:12px;margin-bottom:2px}}
.lbk .lbk-head b{{font-weight:600}}
.lbk .lbk-q{{font-size:18px;line-height:1.35;font-weight:600;\
letter-spacing:-.01em;margin-bottom:6px;text-wrap:balance}}
.lbk .lbk-s{{opacity:.72}}
.lbk .lbk-asked{{display:grid;grid-template-columns:max-content 1fr;gap:1px 12px}}
.lbk .lbk-asked>span:nth-child(odd){{opacity:.72}}
.lbk .lbk-note{{padding:7px 12px;border-radius:4px;background:rgba(214,158,0,.16);\
border-left:4px solid #b7860b}}
.lbk .lbk-v{{padding:8px 12px 8px;border-radius:4px;border-left:4px solid;\
background:{_GREY}.08)}}
.lbk .lbk-v+.lbk-v{{margin-top:6px}}
.lbk .lbk-v .lbk-row{{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline}}
.lbk .lbk-chip{{font-size:11.5px;font-weight:600;color:#fff;border-radius:3px;\
padding:0 7px;line-height:19px;white-space:nowrap}}
.lbk.lbk code,.lbk.lbk pre{{font:12px/1.5 var(--jp-code-font-family,ui-monospace,Menlo,\
Consolas,monospace);color:inherit;background:none;padding:0;border:0}}
.lbk .lbk-v .lbk-row code{{font-size:13px;font-weight:600;overflow-wrap:anywhere}}
.lbk .lbk-supported{{border-color:#1f8a57}}
.lbk .lbk-supported .lbk-chip{{background:#1f8052}}
.lbk .lbk-refuted{{border-color:#c2483d}}
.lbk .lbk-refuted .lbk-chip{{background:#bb4439}}
.lbk .lbk-inconclusive{{border-color:#b7860b}}
.lbk .lbk-inconclusive .lbk-chip{{background:#8f6a0a}}
.lbk .lbk-withdrawn{{border-color:#b7860b;border-style:dashed}}
.lbk .lbk-withdrawn .lbk-chip{{background:#8f6a0a}}
.lbk .lbk-pending{{border-color:{_GREY}.55)}}
.lbk .lbk-pending .lbk-chip{{background:#6b7077}}
.lbk .lbk-plot svg,.lbk .lbk-plot img,.lbk .lbk-figs img{{display:block;\
max-width:100%;height:auto;margin:0;background:none}}
.lbk .lbk-empty{{display:flex;align-items:center;justify-content:center;\
height:190px;border:1px dashed {_GREY}.4);border-radius:4px}}
.lbk .lbk-bars{{display:grid;grid-template-columns:max-content minmax(80px,1fr) \
max-content;gap:5px 12px;align-items:center;font-variant-numeric:tabular-nums}}
.lbk .lbk-bar{{height:6px;border-radius:3px;background:{_GREY}.25);overflow:hidden}}
.lbk .lbk-bar i{{display:block;height:100%;background:#2f74d0;border-radius:3px}}
.lbk .lbk-scroll{{overflow-x:auto}}
.lbk table.lbk-t{{border-collapse:collapse;border:0;margin:0;font-size:12px;\
font-variant-numeric:tabular-nums;table-layout:auto;width:auto;color:inherit}}
.lbk .lbk-t tr,.lbk .lbk-t tbody tr:nth-child(n){{background:none}}
.lbk .lbk-t th,.lbk .lbk-t td{{text-align:left;padding:3px 18px 3px 0;border:0;\
border-bottom:1px solid {_GREY}.22);white-space:nowrap;max-width:none;\
vertical-align:baseline;color:inherit;background:none}}
.lbk .lbk-t th{{font-weight:600;border-bottom-color:{_GREY}.55)}}
.lbk .lbk-t .lbk-n{{text-align:right}}
.lbk .lbk-bad{{color:#c2483d;font-weight:600}}
.lbk details summary{{cursor:pointer;font-size:12px}}
.lbk.lbk pre.lbk-log{{margin:4px 0 0;padding:8px 10px;max-height:216px;overflow:auto;\
white-space:pre;border-radius:4px;background:{_GREY}.1);font-size:11.5px}}
.lbk .lbk-figs{{display:flex;flex-wrap:wrap;gap:12px}}
.lbk figure{{margin:0;max-width:100%}}
.lbk .lbk-scroll p,.lbk figcaption{{font-size:11.5px;opacity:.72}}
.lbk .lbk-next{{padding:9px 12px;border:1px dashed {_GREY}.55);border-radius:4px;\
display:grid;grid-template-columns:max-content 1fr;gap:3px 12px}}
.lbk .lbk-next code{{user-select:all;overflow-wrap:anywhere}}
.lbk .lbk-learned{{padding:8px 12px;border-radius:4px;background:{_GREY}.08);\
border-left:4px solid #2f74d0}}
.lbk .lbk-a-red{{color:#c2483d}}.lbk .lbk-a-green{{color:#1f8a57}}
.lbk .lbk-a-yellow{{color:#a67a08}}.lbk .lbk-a-blue{{color:#3b7ddb}}
.lbk .lbk-a-magenta{{color:#b554a0}}.lbk .lbk-a-cyan{{color:#1f8fb3}}
.lbk .lbk-a-bold{{font-weight:700}}.lbk .lbk-a-dim{{opacity:.7}}
.lbk .lbk-a-italic{{font-style:italic}}
.lbk .lbk-a-underline{{text-decoration:underline}}
""".strip()
"""Style sheet of the fragment; chips have a contrast of 4.5 with their white text."""

// The text view with JavaScript: CodeMirror takes over the text area, problems are shown while somebody types.
const form = document.querySelector("form[data-text]");
const area = form.querySelector("textarea");
const PAUSE = 400;

// What both the text area and CodeMirror can do; `plain` until CodeMirror is there, and for good if it never comes.
const plain = {
  text: () => area.value,
  go(line) {
    const from = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(from, from);
    area.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(area).lineHeight));
  },
  mark() {},
  replace(text) { area.value = text; changed(); },
  place: () => ({ at: area.selectionStart, top: area.scrollTop }),
  restore({ at, top }) { area.setSelectionRange(at, at); area.scrollTop = top; },
};
let editor = plain;
let saved = area.value;

async function takeOver() {
  const parts = await import(form.dataset.editor);
  const { EditorView, EditorState, StateEffect, StateField, GutterMarker, RangeSet, Decoration } = parts;
  const yaml = await parts.languages.find((language) => language.name === "YAML").load();
  const told = StateEffect.define();
  const problems = StateField.define({
    create: () => [],
    update: (value, change) => change.effects.reduce((now, effect) => (effect.is(told) ? effect.value : now), value),
  });
  class Mark extends GutterMarker {
    constructor(isRemark) { super(); this.isRemark = isRemark; }
    toDOM() {
      const sign = document.createElement("span");
      sign.className = this.isRemark ? "problem-sign remark" : "problem-sign";
      sign.textContent = this.isRemark ? "·" : "!";
      return sign;
    }
  }
  const lines = (state) => {
    const worst = new Map();
    for (const { line, is_warning: isRemark } of state.field(problems)) {
      if (line >= 1 && line <= state.doc.lines) worst.set(line, (worst.get(line) ?? true) && isRemark);
    }
    return [...worst].sort((a, b) => a[0] - b[0]).map(([line, isRemark]) => [state.doc.line(line).from, isRemark]);
  };
  const gutter = parts.gutter({
    class: "problem-gutter",
    markers: (view) => RangeSet.of(lines(view.state).map(([from, isRemark]) => new Mark(isRemark).range(from))),
    lineMarkerChange: (update) => update.startState.field(problems) !== update.state.field(problems),
  });
  const shaded = EditorView.decorations.compute([problems, "doc"], (state) => Decoration.set(
    lines(state).filter(([, isRemark]) => !isRemark).map(([from]) => Decoration.line({ class: "problem-line" }).range(from)),
  ));
  const named = (spec) => ({ tag: spec.tag, class: `code-${(spec.color || spec.textDecoration || "strong").replace(/\W/g, "")}` });
  const colours = parts.HighlightStyle.define(parts.defaultHighlightStyle.specs.map(named));
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(form.dataset.nonce),
        EditorState.phrases.of(JSON.parse(form.dataset.phrases)),
        EditorState.readOnly.of(area.readOnly),
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ "aria-label": form.dataset.label, "aria-describedby": "text-help", spellcheck: "false", tabindex: "0" }),
        EditorView.lineWrapping,
        problems, gutter, shaded,
        parts.keymap.of([
          { key: "Escape", run: (here) => { here.setTabFocusMode(true); return false; } },
          { key: "Mod-s", run: () => { form.requestSubmit(); return true; }, preventDefault: true },
          parts.indentWithTab,
        ]),
        EditorView.domEventHandlers({
          focus: (_, here) => { here.setTabFocusMode(false); },
          blur: (_, here) => { here.setTabFocusMode(false); },
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          update.view.setTabFocusMode(false);
          changed();
        }),
        parts.syntaxHighlighting(colours),
        parts.basicSetup,
        yaml,
      ],
    }),
  });
  area.hidden = true;
  area.removeAttribute("id");
  area.after(view.dom);
  view.dom.id = "editor";
  document.getElementById("text-help").textContent = document.getElementById("text-help").dataset.help;
  editor = {
    text: () => view.state.doc.toString(),
    go(line) {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines)).from;
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    mark: (found) => view.dispatch({ effects: told.of(found) }),
    place: () => ({ at: view.state.selection.main.head, top: view.scrollDOM.scrollTop }),
    restore({ at, top }) {
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } });
      requestAnimationFrame(() => { view.scrollDOM.scrollTop = top; });
    },
  };
  saved = editor.text();
}

const status = form.querySelector("[data-status]");
const section = document.querySelector("[data-problems]");
const list = section.querySelector("ol");
let waiting;
let asked = 0;

function changed() {
  form.querySelector("[data-unsaved]").hidden = editor.text() === saved;
  clearTimeout(waiting);
  waiting = setTimeout(check, PAUSE);
}

async function check() {
  const mine = ++asked;
  status.textContent = status.dataset.checking;
  try {
    const filled = new FormData(form);
    filled.set("text", editor.text());
    const answer = await fetch(form.dataset.check, { method: "POST", body: filled });
    if (!answer.ok) throw new Error(answer.statusText);
    const { problems } = await answer.json();
    if (mine === asked) show(problems);
  } catch {
    if (mine === asked) status.textContent = status.dataset.unreachable;
  }
}

function show(problems) {
  const errors = problems.filter((problem) => !problem.is_warning).length;
  status.textContent = problems.length
    ? status.dataset.count.replace("#", errors).replace("%", problems.length - errors)
    : status.dataset.none;
  section.hidden = !problems.length;
  list.replaceChildren(...problems.map(entry));
  editor.mark(problems.filter((problem) => problem.file === form.dataset.file));
}

function entry(problem) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  const said = item.appendChild(document.createElement("span"));
  item.className = problem.is_warning ? "remark" : "error";
  link.href = problem.address || "#editor";
  const kind = link.appendChild(document.createElement("strong"));
  kind.textContent = problem.is_warning ? list.dataset.remark : list.dataset.error;
  link.append(` ${problem.file}, ${list.dataset.line.replace("#", problem.line)}`);
  if (problem.rule) {
    const rule = said.appendChild(document.createElement("span"));
    rule.className = "id";
    rule.textContent = problem.rule;
    said.append(" ");
  }
  said.append(problem.sentence);
  return item;
}

// `#L12` is a line, `#offer-instalments-early` the entry with that id.
function follow() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (!wanted || wanted === "editor" || wanted === "text") return;
  const line = /^L\d+$/.test(wanted) ? Number(wanted.slice(1)) : lineOf(wanted);
  if (line) editor.go(line);
}

function lineOf(id) {
  const opening = new RegExp(`^\\s*(?:-\\s+)?(?:id|name):\\s*["']?${id.replace(/[^\w-]/g, "\\$&")}["']?\\s*(?:#.*)?$`);
  return editor.text().split("\n").findIndex((line) => opening.test(line)) + 1;
}

const files = document.querySelector(".text-split > nav");
const here = files.querySelector("[aria-current]");
if (here) files.scrollTop = here.offsetTop - files.offsetTop - files.clientHeight / 2;

const PLACE = `place in ${location.pathname}`;
const SENT = `sent to ${location.pathname}`;
const isSaved = new URLSearchParams(location.search).has("done");
form.addEventListener("submit", () => {
  sessionStorage.setItem(PLACE, JSON.stringify(editor.place()));
  sessionStorage.setItem(SENT, JSON.stringify({ text: editor.text(), version: form.elements.version.value }));
  area.value = editor.text();
  saved = editor.text();
});
area.addEventListener("input", changed);
window.addEventListener("hashchange", follow);
list.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && link.hash && link.pathname === location.pathname && link.hash === location.hash) follow();
});
window.addEventListener("beforeunload", (event) => { if (editor.text() !== saved) event.preventDefault(); });

if (form.dataset.editor) {
  try { await takeOver(); } catch (error) { console.warn("The plain text area stays:", error.message); }
}
// What was sent and never arrived, because the session had ended or the line was cut, is put back as it was typed.
function bringBack() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
  const notice = document.querySelector("[data-restored]");
  if (isSaved || !sent || sent.text === editor.text()) {
    sessionStorage.removeItem(SENT);
    return;
  }
  editor.replace(sent.text);
  form.elements.version.value = sent.version;
  notice.hidden = false;
  notice.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(SENT);
    saved = editor.text();
    location.reload();
  });
}

const place = sessionStorage.getItem(PLACE);
bringBack();
if (location.hash) follow();
else if (place && isSaved) editor.restore(JSON.parse(place));
sessionStorage.removeItem(PLACE);
document.documentElement.dataset.editorReady = editor === plain ? "plain" : "full";
if (!area.readOnly) check();

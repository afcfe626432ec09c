// The decision table as a grid: arrow keys move, Enter edits in place. Without this its cells are links to the forms.
"use strict";
(() => {
  const table = document.querySelector("[data-grid]");
  if (!table) return;
  const status = document.querySelector("[data-grid-status]");
  const say = table.dataset;
  const token = document.querySelector("[data-grid-token] input").value;
  let editing = null;

  const rows = () => [...table.rows];
  const cellsOf = (row) => [...row.cells];
  const heads = new Map(cellsOf(table.tHead.rows[0]).map((head) => [head.dataset.column || "", head]));
  const target = (cell) => cell.querySelector("a") && cell.tagName === "TH" ? cell.querySelector("a") : cell;

  function prepare(row) {
    row.setAttribute("role", "row");
    for (const cell of cellsOf(row)) {
      const isHead = row.parentElement === table.tHead;
      cell.setAttribute("role", isHead ? "columnheader" : cell.tagName === "TH" ? "rowheader" : "gridcell");
      if (isHead) continue;
      const link = cell.querySelector("a");
      if (cell.tagName === "TD" && link) link.replaceWith(...link.childNodes);
      target(cell).tabIndex = -1;
    }
  }

  function focus(cell) {
    for (const old of table.querySelectorAll("[tabindex='0']")) old.tabIndex = -1;
    target(cell).tabIndex = 0;
    target(cell).focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const here = () => document.activeElement.closest && document.activeElement.closest("td, tbody th");

  function move(cell, down, right) {
    const row = rows()[cell.parentElement.rowIndex + down];
    const next = row && row.parentElement !== table.tHead && row.cells[cell.cellIndex + right];
    if (next) focus(next);
  }

  function jump(cell, key, isFar) {
    const row = isFar ? (key === "Home" ? table.tBodies[0].rows[0] : rows().at(-1)) : cell.parentElement;
    focus(key === "Home" ? row.cells[0] : row.cells[row.cells.length - 1]);
  }

  function open(cell, typed) {
    if (cell.tagName !== "TD") return;
    const head = heads.get(cell.dataset.column);
    const field = head.dataset.strict ? choice(cell, head) : input(cell, head, typed);
    field.setAttribute("aria-label", say.edit.replace("#", head.firstChild.textContent.trim())
      .replace("%", cell.parentElement.cells[0].textContent.trim()));
    editing = { cell, field, before: cell.innerHTML };
    cell.classList.add("editing");
    cell.replaceChildren(field, ...hint(head, field));
    field.focus();
    if (field.select && typed === undefined) field.select();
  }

  function input(cell, head, typed) {
    const field = document.createElement("input");
    field.value = typed === undefined ? cell.dataset.written : typed;
    field.autocomplete = "off";
    field.spellcheck = false;
    return field;
  }

  function choice(cell, head) {
    const field = document.createElement("select");
    for (const [word, label] of Object.entries(JSON.parse(head.dataset.words))) {
      field.add(new Option(label, word, false, word === cell.dataset.written));
    }
    return field;
  }

  function hint(head, field) {
    const note = document.createElement("p");
    note.id = "cell-hint";
    note.className = "hint";
    const words = Object.entries(JSON.parse(head.dataset.words));
    note.textContent = head.dataset.hint;
    field.setAttribute("aria-describedby", "cell-hint cell-error");
    const error = document.createElement("p");
    error.id = "cell-error";
    error.className = "field-error";
    error.setAttribute("role", "alert");
    if (!words.length || head.dataset.strict) return [note, error];
    const list = document.createElement("ul");
    list.className = "cell-words";
    for (const [word, label] of words) {
      const item = list.appendChild(document.createElement("li"));
      const code = item.appendChild(document.createElement("code"));
      code.textContent = word;
      item.append(` ${label}`);
    }
    return [note, list, error];
  }

  function close(isFocused = true) {
    const { cell, before } = editing;
    editing = null;
    cell.classList.remove("editing");
    cell.innerHTML = before;
    if (isFocused) focus(cell);
  }

  async function commit(written, right = 0, isFocused = true) {
    const { cell, field } = editing || { cell: here() };
    if (written === cell.dataset.written) {
      if (editing) close(isFocused);
      if (right) move(cell, 0, right);
      return;
    }
    if (field) field.readOnly = true;
    status.textContent = say.saving;
    const filled = new URLSearchParams({
      csrf_token: token, version: say.version, also: say.also,
      rule: cell.parentElement.dataset.rule, column: cell.dataset.column, written,
    });
    let answer;
    let told = {};
    try {
      answer = await fetch(say.grid, { method: "POST", body: filled, headers: { Accept: "application/json" } });
      told = await answer.json();
    } catch {
      told = { error: say.failed };
    }
    if (told.stale) return leaveFor(filled);
    if (told.row) return replace(cell, told, right, isFocused);
    status.textContent = "";
    refuse(cell, told.error || say.failed, field);
  }

  // Somebody else was faster: the page with all three states is shown instead.
  function leaveFor(filled) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = say.grid;
    form.hidden = true;
    for (const [name, value] of filled) {
      const field = form.appendChild(document.createElement("input"));
      field.name = name;
      field.value = value;
    }
    document.body.append(form);
    form.submit();
  }

  function replace(cell, told, right, isFocused) {
    const place = cell.cellIndex;
    const old = cell.parentElement;
    editing = null;
    say.version = told.version;
    const holder = document.createElement("tbody");
    holder.innerHTML = told.row;
    const row = holder.rows[0];
    prepare(row);
    old.replaceWith(row);
    status.textContent = say.saved.replace("#", row.cells[0].textContent.trim());
    const next = row.cells[Math.min(place + right, row.cells.length - 1)];
    if (isFocused) focus(next);
    else target(next).tabIndex = 0;
  }

  function refuse(cell, sentence, field) {
    if (!editing) open(cell, "");
    editing.field.readOnly = false;
    editing.field.setAttribute("aria-invalid", "true");
    cell.querySelector("#cell-error").textContent = sentence;
    editing.field.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-5, 0], PageDown: [5, 0] };

  function whileEditing(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter") commit(editing.field.value.trim());
    else if (event.key === "Tab") commit(editing.field.value.trim(), event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function whileMoving(event, cell) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key in MOVES && isPlain) move(cell, ...MOVES[event.key]);
    else if (event.key === "Home" || event.key === "End") jump(cell, event.key, event.ctrlKey);
    else if (cell.tagName === "TH") return;
    else if ((event.key === "Enter" || event.key === "F2") && isPlain) open(cell);
    else if ((event.key === "Delete" || event.key === "Backspace") && cell.dataset.column.startsWith("fact.")) commit("");
    else if (event.key === "Process" || (event.key.length === 1 && isPlain && event.key !== " ")) {
      open(cell, event.key === "Process" ? "" : event.key);
      if (event.key === "Process") return;
    } else return;
    event.preventDefault();
  }

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td, tbody th");
    if (editing) whileEditing(event);
    else if (cell) whileMoving(event, cell);
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (!cell || (editing && editing.cell === cell)) return;
    focus(cell);
  });
  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("td");
    if (cell && !editing) open(cell);
  });
  table.addEventListener("focusout", (event) => {
    if (!editing || editing.field.readOnly || (event.relatedTarget && editing.cell.contains(event.relatedTarget))) return;
    if (event.target === editing.field && editing.field.getAttribute("aria-invalid") !== "true") {
      commit(editing.field.value.trim(), 0, false);
    } else if (event.relatedTarget) close(false);
  });

  table.setAttribute("role", "grid");
  for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
  rows().forEach(prepare);
  const first = location.hash && table.querySelector(`${CSS.escape ? `#${CSS.escape(location.hash.slice(1))}` : "none"}`);
  const begin = (first || table.tBodies[0].rows[0]).cells[1];
  target(begin).tabIndex = 0;
  if (first) focus(begin);
  document.querySelector("[data-help]").hidden = false;
  document.querySelector("[data-no-script]").hidden = true;
  table.dataset.ready = "yes";
})();

// The phones, live: what the API tells is drawn, what is typed and tapped goes to the API.

const SIDE_BY_SIDE = 2;
const SAMPLES = ["soup.jpg", "bread.jpg", "cafe.jpg"];
const SAMPLE_COUNT = 60;
const LINK = /https?:\/\/[^\s<>"]+/g;

const $ = (selector, within = document) => within.querySelector(selector);
const state = {
  texts: {}, language: "en", accounts: [], phones: new Map(), chats: new Map(),
  unread: new Map(), speed: {}, stats: null, messengers: [], shown: [],
};
const columns = {};

// Small helpers.

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function icon(name, label = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  svg.append(use);
  return svg;
}

// A text of the page; what a messenger calls otherwise goes before.
function t(name, values = {}, one = null) {
  const text = one?.kind.words[state.language]?.[name] ?? state.texts[state.language]?.[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

const number = (value) => value.toLocaleString(state.language);
const initials = (name) => name.replace(/[^\p{L}\p{N} ]/gu, "").split(" ").filter(Boolean)
  .slice(0, 2).map((word) => [...word][0]).join("").toUpperCase() || "?";
const tint = (text) => `tint-${[...text].reduce((sum, one) => sum * 31 + one.codePointAt(0), 7) % 1009 % 6}`;
const key = (phone, account) => `${phone} ${account}`;

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail), { code: told.error });
  return told;
}

let noticeTimer;
function notice(problem) {
  const element = $("#notice");
  const known = state.texts[state.language]?.[problem.code];
  element.textContent = known ?? t("failed", { why: problem.message });
  element.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { element.hidden = true; }, 6000);
}

// Redraws without taking the keyboard's focus away from whoever tabs through.
function keepingFocus(container, draw) {
  const places = () => [...container.querySelectorAll("button, a")];
  const place = places().indexOf(document.activeElement);
  draw();
  if (place >= 0) places()[place]?.focus();
}

const attempt = (work) => work().catch(notice);

// One column for each messenger.

function column(kind) {
  const root = $("#phone").content.firstElementChild.cloneNode(true);
  root.classList.add(kind.name, `keys-${kind.keys}`, `corner-${kind.corner}`);
  root.hidden = true;
  const one = {
    messenger: kind.name, kind, root, phone: null, account: null,
    people: $(".people", root), chat: $(".chat", root), accounts: $(".accounts", root),
    composer: $(".composer", root), closed: $(".closed", root), toast: $(".toast", root),
    typing: $(".typing", root),
  };
  one.composer.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => say(one));
  });
  one.accounts.addEventListener("change", () => {
    one.account = one.accounts.value;
    attempt(() => look(one));
  });
  $(".file input", root).addEventListener("change", (event) => attempt(() => sendFile(one, event.target)));
  $(".block", root).addEventListener("click", () => act(one, chatOf(one)?.blocked ? "unblock" : "block"));
  $(".marketing", root).addEventListener("click", () =>
    act(one, "marketing", { value: chatOf(one)?.marketing_stopped ? "resume" : "stop" }));
  $("button", one.closed).addEventListener("click", () =>
    act(one, chatOf(one)?.blocked ? "unblock" : "start"));
  $(".attach", root).hidden = !kind.phone.picture;
  $(".say", root).disabled = !kind.phone.text;
  for (const deed of kind.phone.deeds.filter((it) => it.of === "chat")) {
    $(".tools", root).append(drawDeed(one, deed));
  }
  for (const name of SAMPLES) {
    const button = make("button", { type: "button" }, make("img", { src: `/pictures/${name}`, alt: "" }));
    button.dataset.sample = name;
    button.addEventListener("click", () => {
      $(".attach", root).open = false;
      act(one, "picture", { name });
    });
    $(".samples", root).append(button);
  }
  $("#phones").append(root);
  return one;
}

const path = (one, what) => `/api/phones/${one.phone}/${what}`;
const chatOf = (one) => state.phones.get(one.phone)?.chats.find((chat) => chat.account === one.account);
const act = (one, what, body = {}) => attempt(() => call("POST", path(one, what), { account: one.account, ...body }));

async function say(one) {
  const input = $(".say", one.root);
  const text = input.value.trim();
  if (!text) return;
  await call("POST", path(one, "text"), { account: one.account, text });
  input.value = "";
}

async function sendFile(one, input) {
  const [file] = input.files;
  if (!file) return;
  const data = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  input.value = "";
  $(".attach", one.root).open = false;
  await call("POST", path(one, "picture"), { account: one.account, data });
}

// Which phones are seen: the newest choices, as many as there is room for; they keep their places.
const room = () => (matchMedia("(max-width: 760px)").matches ? 1 : SIDE_BY_SIDE);

function choose(messenger) {
  const seen = seenNow();
  if (!seen.includes(messenger)) {
    const leaving = [...state.shown].reverse().find((name) => seen.includes(name));
    const places = seen.length < room() ? [...seen, messenger] : seen.map((name) => (name === leaving ? messenger : name));
    places.forEach((name, place) => { columns[name].root.style.order = place; });
  }
  state.shown = [messenger, ...state.shown.filter((name) => name !== messenger)];
  localStorage.setItem("shown", JSON.stringify(state.shown));
  drawSwitch();
  drawStats();
  toTheEnd(columns[messenger]);
}

const seenNow = () => state.shown.slice(0, room())
  .sort((a, b) => columns[a].root.style.order - columns[b].root.style.order);

const toTheEnd = (one) => { one.chat.scrollTop = one.chat.scrollHeight; };

// Drawing.

function drawDeed(one, deed, message = null) {
  const button = make("button", { type: "button", className: "deed" }, icon(deed.icon));
  const label = deed[state.language] ?? deed.en;
  if (message) {
    button.title = label;
    button.setAttribute("aria-label", label);
  } else {
    button.dataset.deed = deed.name;
    button.append(make("span", {}, label));
  }
  button.addEventListener("click", () =>
    act(one, "deeds", { do: deed.name, ...(message ? { message: message.id } : {}) }));
  return button;
}

function drawPeople(one) {
  const mine = [...state.phones.values()].filter((phone) => phone.messenger === one.messenger);
  one.people.setAttribute("aria-label", t("people", { messenger: one.kind.title }));
  const chips = mine.map((phone) => {
    const avatar = make("span", { className: `avatar ${tint(phone.name)}`, ariaHidden: "true" }, initials(phone.name));
    const button = make("button", { type: "button" }, avatar, phone.name);
    button.setAttribute("aria-pressed", String(phone.id === one.phone));
    const unread = state.unread.get(phone.id);
    if (unread) button.append(make("span", { className: "badge", title: t("unread", { n: unread }) }, String(unread)));
    button.addEventListener("click", () => {
      one.phone = phone.id;
      attempt(() => look(one));
    });
    return button;
  });
  const add = make("button", { type: "button", className: "add", title: t("newPerson") }, icon("plus"));
  add.setAttribute("aria-label", t("newPerson"));
  add.addEventListener("click", () => newcomer(one));
  keepingFocus(one.people, () => one.people.replaceChildren(...chips, add));
  const chosen = chips.find((chip) => chip.getAttribute("aria-pressed") === "true");
  if (chosen) one.people.scrollLeft = chosen.offsetLeft - one.people.offsetLeft - 60;
}

function drawHead(one) {
  const account = state.accounts.find((it) => it.messenger === one.messenger && it.account === one.account);
  const phone = state.phones.get(one.phone);
  const kind = t("businessAccount", {}, one);
  $(".chathead h2", one.root).textContent = account?.title ?? "";
  $(".chathead p", one.root).textContent = account ? `${kind} · ${account.address}` : "";
  $(".chathead .avatar", one.root).textContent = initials(account?.title ?? "");
  one.chat.setAttribute("aria-label", t("chatWith", { name: phone?.name ?? "" }));
  const mine = state.accounts.filter((it) => it.messenger === one.messenger);
  one.accounts.hidden = mine.length < 2;
  one.accounts.setAttribute("aria-label", t("account"));
  one.accounts.replaceChildren(...mine.map((it) => make("option", { value: it.account }, it.title)));
  one.accounts.value = one.account;
}

function drawTools(one) {
  const chat = chatOf(one);
  const unstarted = one.kind.phone.start && !chat?.started;
  const closed = Boolean(chat?.blocked) || unstarted;
  const moved = one.closed.hidden === closed;
  one.closed.hidden = !closed;
  one.composer.hidden = closed;
  $("p", one.closed).textContent = t(chat?.blocked ? "blocked" : "startHint", {}, one);
  $("button", one.closed).textContent = t(chat?.blocked ? "unblock" : "start", {}, one);
  $(".block span", one.root).textContent = t(chat?.blocked ? "unblock" : "block", {}, one);
  $(".block", one.root).hidden = unstarted || !one.kind.phone.block;
  $(".marketing span", one.root).textContent = t(chat?.marketing_stopped ? "resumeMarketing" : "stopMarketing", {}, one);
  $(".marketing", one.root).hidden = !one.kind.phone.marketing;
  for (const deed of one.kind.phone.deeds.filter((it) => it.of === "chat")) {
    const button = $(`[data-deed="${deed.name}"]`, one.root);
    button.hidden = closed;
    $("span", button).textContent = deed[state.language];
  }
  if (moved) toTheEnd(one);
}

function linked(text) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(/[.,;:!?)\]]+$/, "");
    parts.push(text.slice(last, found.index));
    parts.push(make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address));
    last = found.index + address.length;
  }
  return [...parts, text.slice(last)];
}

function drawPicture(message) {
  const source = /^https?:/.test(message.picture) ? message.picture : `/pictures/${encodeURIComponent(message.picture)}`;
  const image = make("img", { src: source, alt: t("picture"), loading: "lazy" });
  image.addEventListener("error", () => {
    image.replaceWith(make("span", { className: "nopicture" }, icon("picture"), t("noPicture")));
  });
  return image;
}

// A file that is no picture: one's own is saved, another's is opened where it lies.
const FILES = { video: "picture", audio: "voice", voice: "voice", document: "clip", file: "clip" };

function drawFile(message) {
  const label = t(message.kind);
  if (/^https?:/.test(message.picture)) {
    const foreign = { href: message.picture, target: "_blank", rel: "noopener noreferrer" };
    return make("a", { className: "attached", ...foreign }, icon(FILES[message.kind]), label);
  }
  const own = { href: `/pictures/${encodeURIComponent(message.picture)}`, download: "" };
  return make("a", { className: "attached", ...own }, icon(FILES[message.kind]), label);
}

function drawKeys(one, message) {
  const keys = make("div", { className: "keys" });
  message.keys.forEach((it, place) => {
    if (it.url) {
      keys.append(make("a", { href: it.url, target: "_blank", rel: "noopener noreferrer" }, icon("out"), it.label));
      return;
    }
    const button = make("button", { type: "button" }, ...(standing(one, message) ? [] : [icon("reply")]), it.label);
    button.addEventListener("click", () => act(one, "press", { message: message.id, button: place }));
    keys.append(button);
  });
  return keys;
}

// Buttons that stand below the bubble: on some messengers all, quick replies on every one.
const standing = (one, message) => one.kind.keys === "below" || message.keys.every((it) => it.kind === "quick");

function drawStamp(message) {
  const time = new Date(message.at_ms).toLocaleTimeString(state.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const stamp = make("span", { className: "stamp" }, time);
  if (message.side === "person" && message.state) {
    const names = { sending: "clock", acknowledged: "checks", lost: "alert" };
    const tick = icon(names[message.state], t(message.state));
    tick.setAttribute("class", message.state);
    stamp.append(tick);
    stamp.title = t(message.state);
  }
  const told = Object.keys(message.receipts);
  if (told.length) stamp.title = t("receipts", { list: told.map((name) => t(name)).join(", ") });
  return stamp;
}

function drawBubble(one, message) {
  const body = make("div", { className: "body" });
  if (message.picture) body.append(message.kind in FILES ? drawFile(message) : drawPicture(message));
  if (message.kind === "deleted") body.append(make("em", {}, t("deleted")));
  else body.append(...linked(message.text || (message.picture || message.keys.length ? "" : `[${message.kind}]`)));
  if (message.footer) body.append("\n", make("span", { className: "footer" }, message.footer));
  body.append(drawStamp(message));
  const bubble = make("article", { className: `bubble ${message.side === "person" ? "mine" : ""}` }, body);
  bubble.dataset.id = message.id;
  if (message.keys.length) {
    const below = standing(one, message);
    bubble.classList.toggle("standing", below);
    (below ? bubble : body).append(drawKeys(one, message));
  }
  const of = message.side === "person" ? "mine" : "theirs";
  const deeds = message.kind === "deleted" ? [] : one.kind.phone.deeds.filter((it) => it.of === of);
  if (deeds.length) {
    bubble.append(make("span", { className: "deeds" }, ...deeds.map((deed) => drawDeed(one, deed, message))));
  }
  return bubble;
}

function dayOf(ms) {
  const day = new Date(ms).toDateString();
  if (day === new Date().toDateString()) return t("today");
  if (day === new Date(Date.now() - 86_400_000).toDateString()) return t("yesterday");
  return new Date(ms).toLocaleDateString(state.language, { day: "numeric", month: "long" });
}

function drawChat(one) {
  const messages = state.chats.get(key(one.phone, one.account)) ?? [];
  const drawn = [];
  let day = "";
  for (const message of messages) {
    const today = dayOf(message.at_ms);
    if (today !== day) drawn.push(make("p", { className: "day" }, today));
    day = today;
    drawn.push(drawBubble(one, message));
  }
  if (!drawn.length) drawn.push(make("p", { className: "none" }, t("empty")));
  one.chat.replaceChildren(...drawn);
  toTheEnd(one);
}

function drawMessage(one, message, fresh) {
  const existing = [...one.chat.children].find((child) => child.dataset.id === message.id);
  if (existing) {
    keepingFocus(one.chat, () => existing.replaceWith(drawBubble(one, message)));
    return;
  }
  const near = one.chat.scrollHeight - one.chat.scrollTop - one.chat.clientHeight < 160;
  const messages = state.chats.get(key(one.phone, one.account));
  const before = messages[messages.length - 2];
  if (!before || dayOf(before.at_ms) !== dayOf(message.at_ms)) {
    if (!before) one.chat.replaceChildren();
    one.chat.append(make("p", { className: "day" }, dayOf(message.at_ms)));
  }
  const bubble = drawBubble(one, message);
  bubble.classList.toggle("fresh", fresh);
  one.chat.append(bubble);
  if (near || message.side === "person") toTheEnd(one);
}

function drawSpeed(measured) {
  const samples = [...Array(SAMPLE_COUNT - measured.length).fill(0), ...measured];
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${SAMPLE_COUNT * 4} 34`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const most = Math.max(10, ...samples);
  samples.forEach((sample, place) => {
    const height = sample ? Math.max(2, (sample / most) * 34) : 1;
    const bar = document.createElementNS(space, "rect");
    const shape = { x: place * 4, y: 34 - height, width: 2.8, height, rx: 1 };
    for (const [name, value] of Object.entries(shape)) bar.setAttribute(name, value);
    if (!sample) bar.setAttribute("opacity", ".25");
    svg.append(bar);
  });
  return svg;
}

function countsOf(messenger) {
  const mine = Object.entries(state.stats.accounts).filter(([name]) => name.startsWith(`${messenger}/`));
  const sum = (pick) => mine.reduce((total, [, count]) => total + pick(count), 0);
  return {
    accepted: sum((count) => count.accepted),
    refused: sum((count) => Object.values(count.refused).reduce((total, one) => total + one, 0)),
    peak: Math.max(0, ...mine.map(([, count]) => count.peak_per_second)),
  };
}

function drawMeter(kind) {
  const { accepted, refused, peak } = countsOf(kind.name);
  const samples = state.speed[kind.name] ?? [];
  const now = samples.length ? samples[samples.length - 1] : 0;
  return make("div", { className: `meter ${kind.name}` },
    make("header", {}, make("strong", {}, kind.title), t("perSecond", { n: number(now) })),
    make("p", { className: "big" }, number(accepted), make("small", {}, t("accepted"))),
    drawSpeed(samples),
    make("p", { className: "rest" },
      make("span", {}, `${t("refused")} ${number(refused)}`),
      make("span", {}, `${t("peak")} ${number(peak)}`)));
}

// The messengers that are not seen, a line each.
function drawRest(kinds) {
  const head = make("tr", {}, ...["messenger", "accepted", "refused"].map((name) => make("th", { scope: "col" }, t(name))));
  const lines = kinds.map((kind) => {
    const { accepted, refused } = countsOf(kind.name);
    return make("tr", { className: kind.name }, make("th", { scope: "row" }, kind.title),
      make("td", {}, number(accepted)), make("td", {}, number(refused)));
  });
  return make("table", { className: "others" }, make("thead", {}, head), make("tbody", {}, ...lines));
}

function drawStats() {
  if (!state.stats) return;
  const seen = seenNow();
  const meters = seen.map((name) => drawMeter(columns[name].kind));
  const rest = state.messengers.filter((kind) => !seen.includes(kind.name));
  $("#figures").replaceChildren(...meters, ...(rest.length ? [drawRest(rest)] : []));
  $("#silent").textContent = t("silent", {
    people: number(state.stats.people), n: number(state.stats.silent_received),
  });
}

function drawTexts() {
  document.documentElement.lang = state.language;
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  }
  for (const one of Object.values(columns)) {
    const say = $(".say", one.root);
    say.placeholder = t("message");
    say.setAttribute("aria-label", t("message"));
    $(".send", one.root).setAttribute("aria-label", t("send"));
    $(".attach summary", one.root).setAttribute("aria-label", t("attach"));
    for (const button of one.root.querySelectorAll("[data-sample]")) {
      button.setAttribute("aria-label", t("sendPicture", { name: button.dataset.sample }));
    }
  }
}

function drawAll() {
  drawTexts();
  for (const one of Object.values(columns)) {
    drawPeople(one);
    drawHead(one);
    drawTools(one);
    drawChat(one);
  }
  drawStats();
  drawSwitch();
}

function drawSwitch() {
  const seen = seenNow();
  for (const one of Object.values(columns)) one.root.hidden = !seen.includes(one.messenger);
  const buttons = state.messengers.map((kind) => {
    const button = make("button", { type: "button", className: kind.name }, make("i", { ariaHidden: "true" }), kind.title);
    button.dataset.show = kind.name;
    button.setAttribute("aria-pressed", String(seen.includes(kind.name)));
    const waiting = [...state.unread].filter(([id]) => id.startsWith(`${kind.name}/`))
      .reduce((sum, [, count]) => sum + count, 0);
    if (waiting) button.append(make("span", { className: "badge", title: t("unread", { n: waiting }) }, String(waiting)));
    button.addEventListener("click", () => choose(kind.name));
    return button;
  });
  keepingFocus($(".switch"), () => $(".switch").replaceChildren(...buttons));
}

// Looking at a phone, and what happens meanwhile.

async function look(one) {
  state.unread.delete(one.phone);
  drawPeople(one);
  drawHead(one);
  drawTools(one);
  const known = key(one.phone, one.account);
  if (one.phone && !state.chats.has(known)) {
    const chat = await call("GET", `${path(one, "chat")}?account=${encodeURIComponent(one.account)}`);
    state.chats.set(known, chat.messages);
  }
  drawChat(one);
  drawSwitch();
}

const heard = {
  phone({ phone }) {
    state.phones.set(phone.id, phone);
    const one = columns[phone.messenger];
    if (!one) return;
    one.phone ??= phone.id;
    drawPeople(one);
    if (one.phone === phone.id) drawTools(one);
  },
  message({ phone, account, message }) {
    const one = columns[phone.split("/")[0]];
    const messages = state.chats.get(key(phone, account));
    const place = messages?.findIndex((it) => it.id === message.id) ?? -1;
    if (messages && place >= 0) messages[place] = message;
    else messages?.push(message);
    if (one?.phone === phone && one.account === account) {
      if (message.side === "business") one.typing.hidden = true;
      if (messages) drawMessage(one, message, place < 0);
      return;
    }
    if (one && message.side === "business" && !Object.keys(message.receipts).length) {
      state.unread.set(phone, (state.unread.get(phone) ?? 0) + 1);
      drawPeople(one);
      drawSwitch();
    }
  },
  typing({ phone, account }) {
    const one = columns[phone.split("/")[0]];
    if (one?.phone !== phone || one.account !== account) return;
    one.typing.hidden = false;
    clearTimeout(one.typingTimer);
    one.typingTimer = setTimeout(() => { one.typing.hidden = true; }, 4000);
  },
  toast({ phone, account, text }) {
    const one = columns[phone.split("/")[0]];
    if (one?.phone !== phone || one.account !== account) return;
    one.toast.textContent = text;
    one.toast.hidden = false;
    setTimeout(() => { one.toast.hidden = true; }, 3500);
  },
  stats(stats) {
    state.stats = stats;
    drawStats();
  },
  reset() {
    state.unread.clear();
    attempt(load);
  },
};

function sampleSpeed() {
  if (!state.stats) return;
  for (const { name } of state.messengers) {
    const samples = (state.speed[name] ??= []);
    const total = countsOf(name).accepted;
    samples.push(Math.max(0, total - (samples.total ?? total)));
    samples.total = total;
    if (samples.length > SAMPLE_COUNT) samples.shift();
  }
  drawStats();
}

async function load() {
  const [told, phones] = await Promise.all([call("GET", "/api/accounts"), call("GET", "/api/phones")]);
  state.accounts = told.accounts;
  state.messengers = told.messengers;
  state.phones = new Map(phones.map((phone) => [phone.id, phone]));
  state.chats.clear();
  $("#business").textContent = told.business;
  $("#link").placeholder = "https://wa.me/…?text=…";
  $("#addresses").replaceChildren(...Object.entries(told.urls).flatMap(([name, url]) =>
    [make("dt", {}, name), make("dd", {}, url)]));
  for (const kind of told.messengers) {
    const one = (columns[kind.name] ??= column(kind));
    one.account ??= told.accounts.find((it) => it.messenger === kind.name).account;
    if (!state.phones.has(one.phone)) one.phone = phones.find((phone) => phone.messenger === kind.name)?.id ?? null;
  }
  remember();
  drawAll();
  await Promise.all(Object.values(columns).map(look));
}

// The phones that were seen last time; at first those at the head of the list.
function remember() {
  const names = state.messengers.map((kind) => kind.name);
  const before = JSON.parse(localStorage.getItem("shown") ?? "[]").filter((name) => names.includes(name));
  const first = !state.shown.length;
  state.shown = [...before, ...names.filter((name) => !before.includes(name))];
  if (!first) return;
  const seen = state.shown.slice(0, SIDE_BY_SIDE).sort((a, b) => names.indexOf(a) - names.indexOf(b));
  seen.forEach((name, place) => { columns[name].root.style.order = place; });
}

function listen() {
  const events = new EventSource("/api/events");
  let lost = false;
  events.addEventListener("open", () => {
    $("#notice").hidden = true;
    attempt(load);
    lost = false;
  });
  events.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    heard[event.type]?.(event);
  });
  events.addEventListener("error", () => {
    if (!lost) notice({ code: "offline" });
    lost = true;
  });
}

// The panel and the dialog.

$("#opener").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const input = $("#link");
    const link = input.value.trim();
    const { messenger } = await call("POST", "/api/links", { link });
    const one = columns[messenger];
    choose(messenger);
    if (!one.phone) throw Object.assign(new Error(t("noPhone")), { code: "" });
    const told = await call("POST", path(one, "open"), { link });
    one.account = told.account;
    input.value = "";
    await look(one);
  });
});

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    state.language = button.dataset.language;
    localStorage.setItem("language", state.language);
    drawAll();
  });
}

matchMedia("(max-width: 760px)").addEventListener("change", () => {
  drawSwitch();
  drawStats();
});

function newcomer(one) {
  const dialog = $("#newcomer");
  const form = $("form", dialog);
  form.reset();
  form.elements.language.value = state.language;
  $(".check", form).hidden = !one.kind.phone.hide;
  $(".problem", form).textContent = "";
  $(".cancel", form).onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const { name, user, language, hidden } = form.elements;
    const wanted = { messenger: one.messenger, name: name.value, user: user.value, language: language.value };
    try {
      const phone = await call("POST", "/api/phones", { ...wanted, hidden: hidden.checked });
      dialog.close();
      state.phones.set(phone.id, phone);
      one.phone = phone.id;
      await look(one);
    } catch (problem) {
      $(".problem", form).textContent = state.texts[state.language][problem.code] ?? problem.message;
    }
  };
  dialog.showModal();
}

function tellTime() {
  const time = new Date().toLocaleTimeString(state.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const element of document.querySelectorAll(".clock")) element.textContent = time;
}

state.texts = await (await fetch("/texts.json")).json();
const chosen = new URLSearchParams(location.search).has("lang") ? null : localStorage.getItem("language");
state.language = chosen in state.texts ? chosen : document.documentElement.lang;
drawTexts();
listen();
setInterval(sampleSpeed, 1000);
setInterval(tellTime, 1000);

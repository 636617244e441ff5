// The search: an index beside this file, no network. Chinese matches by any part, English by the beginnings of words.
"use strict";
(() => {
  const LIMIT = 100;
  const plain = (text) => (text || "").normalize("NFKC").toLowerCase();
  const chinese = (text) => /[\u3400-\u9fff\uf900-\ufaff]/.test(text);
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  // "/" goes to the field on every page.
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox" && event.target.type !== "radio";
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      const field = document.getElementById("q") || document.getElementById("find");
      field.focus();
      field.select();
    }
  });

  const start = () => {
    const list = document.getElementById("found");
    if (!list) return;
    const entries = (window.guijuIndex || []).map((e) => ({
      e, id: plain(e.i), title: [plain(e.z), plain(e.e)], more: [plain(e.x), plain(e.y)],
    }));
    const field = document.getElementById("q");
    const count = document.getElementById("count");
    const lang = list.dataset.lang;

    const word = (term) => new RegExp("(^|[^a-z0-9])" + escaped(term));

    // How well one term fits an entry: 0 if not at all.
    const fit = (entry, term, asWord) => {
      if (entry.id === term) return 100;
      if (entry.id.startsWith(term) && /[.#[\/-]|$/.test(entry.id.charAt(term.length))) return 60 - Math.min(20, entry.id.length - term.length);
      if (chinese(term)) {
        if (entry.title[0].startsWith(term)) return 40;
        if (entry.title[0].includes(term) || entry.title[1].includes(term)) return 30;
        return entry.more[0].includes(term) || entry.more[1].includes(term) ? 10 : 0;
      }
      if (asWord.test(entry.id)) return 35;
      if (entry.title.some((t) => asWord.test(t))) return 30;
      return entry.more.some((t) => asWord.test(t)) ? 10 : 0;
    };

    const kinds = { c: 4, k: 1, e: 2, i: 0 };
    const search = (text) => {
      const terms = plain(text).split(/\s+/).filter(Boolean).map((term) => [term, word(term)]);
      if (!terms.length) return null;
      const hits = [];
      entries.forEach((entry, order) => {
        let score = kinds[entry.e.k];
        for (const [term, asWord] of terms) {
          const one = fit(entry, term, asWord);
          if (!one) return;
          score += one;
        }
        hits.push({ entry, score, order });
      });
      hits.sort((a, b) => b.score - a.score || a.order - b.order);
      return { hits, terms: terms.map(([term]) => term) };
    };

    // Marks the terms in a text, built from nodes and never from markup.
    const marked = (parent, text, terms) => {
      const each = terms.map((t) => (chinese(t) ? escaped(t) : "(?<![a-z0-9])" + escaped(t)));
      const pieces = text.split(new RegExp("(" + each.join("|") + ")", "gi"));
      pieces.forEach((piece, i) => {
        if (!piece) return;
        const node = i % 2 ? document.createElement("mark") : null;
        if (node) node.textContent = piece;
        parent.append(node || piece);
      });
    };

    // The part of a long text where the first term stands.
    const excerpt = (text, terms) => {
      const low = plain(text);
      const at = Math.max(0, ...terms.map((t) => low.indexOf(t)));
      const from = Math.max(0, at - 30);
      return (from ? "…" : "") + text.slice(from, from + 120) + (text.length > from + 120 ? "…" : "");
    };

    const node = (name, kind) => Object.assign(document.createElement(name), { className: kind });
    const show = () => {
      const found = search(field.value);
      list.replaceChildren();
      count.textContent = "";
      if (!found) return;
      const { hits, terms } = found;
      const say = hits.length === 0 ? list.dataset.none : hits.length > LIMIT ? list.dataset.more : list.dataset.count;
      count.textContent = say.replace("{n}", hits.length).replace("{m}", LIMIT);
      for (const { entry } of hits.slice(0, LIMIT)) {
        const { e } = entry;
        const item = document.createElement("li");
        const link = node("a", "hit");
        link.href = e.h;
        const head = node("span", "tag");
        head.textContent = list.dataset[e.k];
        const id = document.createElement("code");
        marked(id, e.i, terms);
        const title = node("b", "name");
        marked(title, lang === "zh" ? e.z : e.e, terms);
        link.append(head, " ", id, " ", title);
        const other = lang === "zh" ? e.e : e.z;
        if (other && other !== title.textContent) {
          const alt = node("span", "alt");
          marked(alt, other, terms);
          link.append(" ", alt);
        }
        item.append(link);
        const texts = [e.x, e.y].filter(Boolean);
        const best = texts.find((t) => terms.some((term) => plain(t).includes(term))) || (lang === "zh" ? e.x : e.y);
        if (best) {
          const more = node("p", "n");
          marked(more, excerpt(best, terms), terms);
          item.append(more);
        }
        list.append(item);
      }
    };

    const given = () => {
      const hash = location.hash.startsWith("#q=") ? location.hash.slice(3) : null;
      const query = new URLSearchParams(location.search).get("q");
      try {
        return hash !== null ? decodeURIComponent(hash) : query || "";
      } catch {
        return "";
      }
    };
    let waiting = 0;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        show();
        // The address keeps the words, so that going back finds them again.
        history.replaceState(null, "", "#q=" + encodeURIComponent(field.value));
      }, 80);
    });
    document.getElementById("search").addEventListener("submit", (event) => {
      event.preventDefault();
      show();
      list.querySelector("a")?.focus();
    });
    const move = (step) => {
      const all = [...list.querySelectorAll("a.hit")];
      const at = all.indexOf(document.activeElement);
      const next = at + step;
      if (next < 0) field.focus();
      else all[Math.min(next, all.length - 1)]?.focus();
    };
    document.querySelector("main").addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Escape") field.focus();
      else return;
      event.preventDefault();
    });
    addEventListener("hashchange", () => {
      if (location.hash.startsWith("#q=") && given() !== field.value) {
        field.value = given();
        show();
      }
    });
    field.value = given();
    show();
    field.focus();
  };
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
})();

// Keeps what was written for an owner in this browser, encrypted, until the owner has it. The key comes with the page
// and is kept nowhere; each draft has the number by which the owner takes it once.
(function () {
  "use strict";
  var PREFIX = "tc-draft:", KEPT_MILLISECONDS = 14 * 24 * 3600 * 1000;
  var subtle = window.crypto && window.crypto.subtle;

  function bytes(base64) { return Uint8Array.from(atob(base64), function (c) { return c.charCodeAt(0); }); }
  function base64(buffer) { return btoa(Array.from(new Uint8Array(buffer), function (b) { return String.fromCharCode(b); }).join("")); }
  function key(word) { return subtle.importKey("raw", bytes(word), "AES-GCM", false, ["encrypt", "decrypt"]); }

  function seal(word, said) {
    var iv = crypto.getRandomValues(new Uint8Array(12));
    return key(word)
      .then(function (k) { return subtle.encrypt({ name: "AES-GCM", iv: iv }, k, new TextEncoder().encode(JSON.stringify(said))); })
      .then(function (sealed) { return JSON.stringify({ at: Date.now(), iv: base64(iv), sealed: base64(sealed) }); });
  }

  // The draft, or null: of another person, or damaged.
  function unseal(word, kept) {
    return key(word)
      .then(function (k) { return subtle.decrypt({ name: "AES-GCM", iv: bytes(kept.iv) }, k, bytes(kept.sealed)); })
      .then(function (plain) { return JSON.parse(new TextDecoder().decode(plain)); })
      .catch(function () { return null; });
  }

  function fieldsOf(form) {
    return Array.from(new FormData(form)).filter(function (pair) { return pair[0] !== "form_token"; });
  }

  function keep(form) {
    var said = { action: form.getAttribute("action"), title: form.dataset.title, record: form.dataset.record, fields: fieldsOf(form) };
    var number = form.elements.write_id.value;
    return seal(form.dataset.key, said).then(function (text) { localStorage.setItem(PREFIX + number, text); });
  }

  function writing(form) {
    if (!subtle) { return; }
    if ("unsent" in form.dataset) {
      keep(form).then(function () {
        document.getElementById("draft-kept").hidden = false;
        document.getElementById("draft-not-kept").hidden = true;
      }, function () {});
    }
    // Before it is sent, so that neither a broken line nor a browser that ends loses it.
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var go = function () { form.submit(); };
      keep(form).then(go, go);
    });
  }

  function old() {
    Object.keys(localStorage).forEach(function (name) {
      if (!name.startsWith(PREFIX)) { return; }
      var kept = null;
      try { kept = JSON.parse(localStorage.getItem(name)); } catch (error) { kept = null; }
      if (!kept || Date.now() - kept.at > KEPT_MILLISECONDS) { localStorage.removeItem(name); }
    });
  }

  function item(list, name, kept, draft) {
    var shown = document.importNode(document.getElementById("draft").content, true).firstElementChild;
    shown.querySelector("[data-show=title]").textContent = draft.title;
    shown.querySelector("[data-show=record]").textContent = draft.record;
    shown.querySelector("[data-show=saved]").textContent = new Date(kept.at).toLocaleString(document.documentElement.lang);
    var form = shown.querySelector("form");
    form.action = draft.action;
    draft.fields.forEach(function (pair) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = pair[0];
      field.value = pair[1];
      form.appendChild(field);
    });
    shown.querySelector("[data-discard]").addEventListener("click", function () {
      localStorage.removeItem(name);
      shown.remove();
      count(list);
    });
    list.appendChild(shown);
    count(list);
  }

  function count(list) {
    list.hidden = !list.children.length;
    document.getElementById("no-drafts").hidden = !list.hidden;
  }

  function listing(list) {
    if (!subtle) { return; }
    Object.keys(localStorage).filter(function (name) { return name.startsWith(PREFIX); }).forEach(function (name) {
      var kept = JSON.parse(localStorage.getItem(name));
      unseal(list.dataset.key, kept).then(function (draft) { if (draft) { item(list, name, kept, draft); } });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    old();
    var sent = document.querySelector("[data-sent]"), form = document.getElementById("section-form"), list = document.getElementById("drafts");
    if (sent) { localStorage.removeItem(PREFIX + sent.dataset.sent); }
    if (form) { writing(form); }
    if (list) { listing(list); }
  });
})();

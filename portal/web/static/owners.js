// Fills the page of a live search as the owners answer: each event brings the piece of the page as it stands.
(function () {
  "use strict";
  var source = null;

  function start() {
    var place = document.getElementById("owners");
    if (source) { source.close(); source = null; }
    if (!place || !window.EventSource) { return; }
    source = new EventSource(place.dataset.events);
    var show = function (event) {
      var open = place.querySelector("details");
      var wasOpen = open && open.open;
      place.innerHTML = event.data;
      var now = place.querySelector("details");
      if (open && now) { now.open = wasOpen; }
    };
    var end = function () {
      source.close();
      source = null;
      place.setAttribute("aria-busy", "false");
    };
    source.addEventListener("partial", show);
    source.addEventListener("whole", function (event) { show(event); end(); });
    // Also what the browser calls an error: it would ask everybody again by itself.
    source.addEventListener("error", function () {
      end();
      document.getElementById("owners-broken").hidden = false;
    });
  }

  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", start);
  window.addEventListener("pagehide", function () { if (source) { source.close(); } });
})();

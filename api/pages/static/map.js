// A map to move and zoom, in place of the drawing that the server sent.
(() => {
  "use strict";
  const style = { color: "#93a9ac", weight: 1, fillColor: "#fbfcfa", fillOpacity: 1 };

  const list = (firms) => {
    const holder = document.createElement("ul");
    holder.className = "p-list";
    firms.forEach((one) => {
      const link = document.createElement("a");
      link.href = one.href;
      link.textContent = one.textContent;
      const item = document.createElement("li");
      item.append(link);
      holder.append(item);
    });
    return holder;
  };

  const pin = (spots) => {
    const firms = spots.flatMap((spot) => [...spot.querySelectorAll("[data-firms] a")]);
    const size = 28 + Math.min(firms.length, 10);
    const icon = L.divIcon({ className: "p-pin", html: String(firms.length), iconSize: [size, size] });
    const marker = L.marker([spots[0].dataset.lat, spots[0].dataset.lon], { icon });
    marker.bindPopup(list(firms));
    const label = `${firms.length} (${spots.map((spot) => spot.dataset.label).join(", ")})`;
    marker.on("add", () => marker.getElement().setAttribute("aria-label", label));
    return marker;
  };

  // Pins that would lie on top of each other become one, so that each can be hit.
  const gathered = (map, spots) => {
    const groups = [];
    spots.forEach((spot) => {
      const point = map.latLngToLayerPoint([spot.dataset.lat, spot.dataset.lon]);
      const near = groups.find((one) => one.point.distanceTo(point) < 42);
      if (near) near.spots.push(spot);
      else groups.push({ point, spots: [spot] });
    });
    return groups.map((one) => pin(one.spots));
  };

  const start = async (holder) => {
    if (holder.dataset.started || typeof L === "undefined") return;
    holder.dataset.started = "yes";
    const spots = [...holder.querySelectorAll("[data-spot]")];
    const live = document.createElement("div");
    live.className = "p-map__live";
    const answer = await fetch(holder.dataset.outlines);
    if (!answer.ok) return;
    const outlines = await answer.json();
    holder.querySelector("svg").remove();
    holder.prepend(live);
    const map = L.map(live, { zoomSnap: 0.25, scrollWheelZoom: false, attributionControl: Boolean(holder.dataset.tiles), zoomControl: false });
    L.control.zoom({ zoomInTitle: holder.dataset.zoomIn, zoomOutTitle: holder.dataset.zoomOut }).addTo(map);
    const country = L.geoJSON(outlines, { style, interactive: false });
    if (holder.dataset.tiles) {
      const escaped = document.createElement("i");
      escaped.textContent = holder.dataset.attribution;
      L.tileLayer(holder.dataset.tiles, { attribution: escaped.innerHTML, maxZoom: 19 }).addTo(map);
    } else {
      country.addTo(map);
    }
    map.fitBounds(country.getBounds(), { padding: [4, 4] });
    const bounds = L.latLngBounds(spots.map((spot) => [spot.dataset.lat, spot.dataset.lon]));
    if (spots.length) map.fitBounds(bounds.pad(0.15), { maxZoom: 9, animate: false });
    const pins = L.layerGroup().addTo(map);
    const show = () => {
      pins.clearLayers();
      gathered(map, spots).forEach((one) => one.addTo(pins));
    };
    show();
    map.on("zoomend", show);
  };

  const all = () => document.querySelectorAll("[data-map]").forEach(start);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
})();

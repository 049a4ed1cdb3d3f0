#!/bin/sh
# Reads the published model catalog: fetches and verifies it, and answers from what is kept.
#
#   MODELSYNC_URL=https://models.example.org/models modelsync.sh refresh    where anything is wrong, what is kept stays
#   modelsync.sh resolve NAME     the id; of a model that is gone, of the one it leads to if that is no dearer or worse
#   modelsync.sh list [BUCKET]    the shortlist: bucket, id, price (+: dearer under conditions) and window, tabs between
#   modelsync.sh price NAME       the price for people, then every price in USD, and on what condition it holds
#
# POSIX sh, curl, jq 1.6 or newer, sha256sum or shasum. $MODELSYNC_CACHE_DIR has a file of each address, replaced whole.
# Exit codes: 0 done, 2 usage, 3 not found, 4 several models match, 5 refused or not to be had, 7 nothing is kept.

# shellcheck disable=SC2016  # the $names in quotes are jq's
set -eu && umask 077
cache=${MODELSYNC_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/modelsync}/shell && url=${MODELSYNC_URL:-}

fail() { printf 'modelsync.sh: %s\n' "$2" >&2 && exit "$1"; } # an exit code, and a sentence without control characters
digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }

# What all programs of jq share. A refusal has an exit code above 10, as jq never has; `safe` shows strangers' text.
common='def refuse($code; $sentence): $sentence, ("" | halt_error($code + 10));
def safe: tostring | gsub("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]"; " ");
def same($id): (strings | ascii_downcase) == ($id | strings | ascii_downcase);
def listed($id): first((.current.models[] | select(.id == $id)), (.current.models[] | select(.id | same($id))));
def called($alias): first(.current.models[] | select(.alias == $alias));
def stone($id): first(.deprecations.tombstones // [] | .[] | select(.id | same($id)));
def redirect($id): first(.deprecations.redirects // [] | .[] | select(.from | same($id)));
def prices: (.pricing | del(.perUnit, .overrides, .raw)) + .pricing.perUnit;
def told: .cost + if (.pricing.overrides // []) == [] then "" else "+" end;'

run() { # what is read, a program of jq, its options and files: its output, or its refusal
    what=$1 program=$2 && shift 2
    answer=$(jq -rc "$common $program" "$@" 2>/dev/null) && [ -n "$answer" ] && printf '%s\n' "$answer" && return
    code=$? && [ "$code" -gt 10 ] || fail 5 "$what: found none as it is published; refresh, or ask who publishes it"
    fail $((code - 10)) "$answer"
}

get() { # a document, its key, its size, and more options of curl; what there is of it is then in a file of its name
    name=$1 from=${url%/}/$2 most=$(($3 + 1)) && shift 3
    failed=$({ { curl --silent --globoff --compressed --location --max-redirs 5 --max-time 60 --proto '=http,https' \
        --proto-redir '=https' --dump-header "$work/headers" --url "$from" "$@" || echo $? >&3; } |
        head -c "$most" >"$work/$name"; } 3>&1 2>/dev/null) || fail 5 "$name: found no room for it in the cache"
    case $failed in '' | 23) ;; *) fail 5 "no answer from MODELSYNC_URL (curl ends with $failed)" ;; esac # 23: too long
    status=$(sed -n 's|^HTTP/[0-9.]* \([0-9]*\).*|\1|p' "$work/headers" | tail -n 1)
    case $status:$name in 200:* | 304:manifest) ;; *) fail 5 "$name: found status $status, expected 200" ;; esac
}

# Name, key, size and SHA-256 of each document; a key is a stranger's, and has to be a plain relative path.
entries='if (.schemaVersion | type) != "string" or (.generation | type) != "number" or (.documents.current | not) then
    refuse(5; "manifest: found no generation, or no list of documents, expected both")
elif .schemaVersion | startswith("1.") | not then
    refuse(5; "manifest: found another schema than 1; take a newer reader, what is kept stays")
elif .generation < $oldest then
    refuse(5; "manifest: found generation \(.generation), expected \($oldest) or later")
else .documents | to_entries[] | select(.key | IN("current", "curated", "deprecations"))
    | if (.value.key | test("\\A[a-zA-Z0-9_~=-][a-zA-Z0-9._~=-]*(/[a-zA-Z0-9_~=-][a-zA-Z0-9._~=-]*)*\\z"))
        and (.value.sha256 | test("\\A[0-9a-f]{64}\\z")) and (.value.bytes | . == floor and . >= 0 and . < 33554432)
    then "\(.key) \(.value | "\(.key) \(.bytes) \(.sha256)")"
    else refuse(5; "manifest: found no plain key, size or SHA-256, expected all three") end end'

# The set in one document, with the ETag of its manifest. Records that are none are left out, and the second of an id.
whole='def is_record: type == "object" and (.pricing | type) == "object" and all(.id, .alias, .cost; type == "string");
{etag: $etag, manifest: $manifest[0], current: $current[0], curated: $curated[0], deprecations: $deprecations[0]}
| .current.models |= (to_entries | map(select(.value | is_record)) | unique_by(.value.id) | sort_by(.key) | map(.value))
| .active = ([.current.models[] | select(.state == "active")] | length) | . as $set
| def is_of_set($name): .generation == $set.manifest.documents[$name].generation and (.schemaVersion[:2] == "1.");
if any("current", "curated", "deprecations"; . as $name | $set[$name] | . != null and (is_of_set($name) | not)) then
    refuse(5; "a document is of another generation or schema than the manifest says")
elif .active == 0 or .active * 2 < $before then
    refuse(5; "current: found \(.active) active models, expected at least half of \($before)")
else . end'

refresh() {
    [ -n "$url" ] || fail 2 "found no MODELSYNC_URL, expected the address of a catalog"
    mkdir -p "$cache" 2>/dev/null && work=$(mktemp -d "$cache/refresh.XXXXXX" 2>/dev/null) ||
        fail 5 "the cache cannot be written; set MODELSYNC_CACHE_DIR"
    trap 'rm -rf "$work"' EXIT && trap 'exit 130' HUP INT TERM && : >"$work/curated" && : >"$work/deprecations"
    find "$cache/" -name 'refresh.*' -mtime +0 -prune -exec rm -rf {} + 2>/dev/null || : # left by one that was killed
    known=$(jq --raw-output '"\(.manifest.generation) \(.active) \(.etag)"' "$kept" 2>/dev/null) || known='0 0 '
    oldest=${known%% *} known=${known#* } && before=${known%% *} etag=${known#* }
    get manifest openrouter/manifest.json 262144 ${etag:+--header "If-None-Match: $etag"}
    if [ "$status" = 304 ] && [ -n "$etag" ]; then echo "unchanged: generation $oldest" && return; fi
    etag=$(sed -n 's/^[Ee][Tt][Aa][Gg]: *//p' "$work/headers" | tr -d '\r' | tail -n 1)
    run manifest "$entries" --argjson oldest "$oldest" "$work/manifest" >"$work/entries"
    while read -r name key size digest; do
        get "$name" "$key" "$size"
        [ "$(digest <"$work/$name")" = "$digest" ] || fail 5 "$name: found other bytes than the manifest says"
    done <"$work/entries"
    run "the documents" "$whole" --null-input --arg etag "$etag" --argjson before "$before" \
        --slurpfile manifest "$work/manifest" --slurpfile current "$work/current" \
        --slurpfile curated "$work/curated" --slurpfile deprecations "$work/deprecations" >"$work/catalog.json"
    mv "$work/catalog.json" "$kept" && echo "changed: generation $(jq .manifest.generation "$kept")"
}

# An id, an alias, or one that was; part of a name never binds. Prices are compared by their digits, never as floats.
resolve='def digits: split(".") | [(.[0] | length), .[0], .[1] // ""];
def is_price: type == "string" and test("\\A(0|[1-9][0-9]*)(\\.[0-9]+)?\\z");
def is_known: (.pricingStatus | IN("priced", "free")) and all(prices[]; is_price);
def abilities: [to_entries[] | select(.key | IN("supportsTools", "supportsVision", "structuredOutput", "reasoning"))
    | select(.value | IN(null, false, "none") | not) | .key];
def no_worse($gone): ($gone | prices) as $before | .outputModalities == $gone.outputModalities
    and .maxContext >= $gone.maxContext and ($gone | abilities) - abilities == []
    and is_known and ($gone | is_known) and (.isFree or ($gone.isFree | not))
    and all(prices | to_entries[]; (.value | digits) <= ($before[.key] // "0" | digits));
def living($hops; $id): redirect($id) as $next | select($hops <= 8)
    | first((listed($next.to) | select(.state == "active")), living($hops + 1; $next.to));
def letters: ascii_downcase | gsub("[^a-z0-9]+"; "");
def guess($name): [.current.models[] | select(.state == "active" and .variant == null and (.isRouter | not)) | .id
        | select(($name | letters) as $part | $part != "" and (letters | contains($part))) | safe]
    | if length > 1 then refuse(4; "several models match \($name | safe): \(.[:10] | join(", "))")
    else refuse(3; "no model is called \($name | safe)\(map("; did you mean \(.)?") | add // "")") end;
($text | sub("\\A[ \\t\\r\\n]+"; "") | sub("[ \\t\\r\\n]+\\z"; "") | ltrimstr("/")) as $name
| ($name | ascii_downcase | gsub("_"; "-")) as $alias
| first(listed($name).id, stone($name).id, redirect($name).from, called($alias).id,
    (.deprecations.aliasHistory // [] | map(select(.oldAlias == $alias)) | max_by(.since) // empty | .modelId),
    (.deprecations.tombstones // [] | .[] | select(.lastKnown.alias == $alias) | .id), null) as $id
| if $id == null then guess($name) elif any(listed($id); true) then listed($id).id | safe
  else ([living(1; $id)][0]) as $next | ([stone($id).lastKnown][0]) as $was
    | if $next == null then refuse(5; "\($id | safe) is gone, and leads nowhere")
    elif $was != null and ($next | no_worse($was)) then $next.id | safe
    else refuse(5; "\($id | safe) is gone; name \($next.id | safe) at \($next.cost | safe) if you want that") end end'

list='[. as $set | ({image: "image-gen"}[$text] // $text) as $wanted | .curated.buckets // {} | to_entries[]
    | select($wanted == "" or .key == $wanted) | .key as $bucket | .value.models[].id as $id | $set | listed($id)
    | [$bucket, .id, told, .maxContext // "?"] | map(safe) | join("\t")]
| if . == [] then refuse(3; "the shortlist has no bucket \($text | safe)") else .[] end'
price='first(listed($text), called($text), null) | if . == null then refuse(3; "no model is called \($text | safe)")
else (told | safe), (prices | to_entries[] | "\(.key | safe)\t\(.value | safe)"),
    (.pricing.overrides // [] | .[] | [to_entries[] | .leg = (.key | endswith("PerMillion"))]
    | [.[] | select(.leg | not) | "\(.key)=\(.value)"] as $when
    | .[] | select(.leg) | [.key, .value, ($when | join(" "))] | map(safe) | join("\t")) end'

only() { kept=$1 && [ $# = 1 ] || fail 2 "found several catalogs, expected MODELSYNC_URL to say which"; }
ask() { # a program of jq, and the text that it is about; without an address, the only catalog that is kept answers
    [ -n "$url" ] || only "$cache"/*.json
    [ -f "$kept" ] || fail 7 "found nothing kept, expected a catalog; refresh once"
    run "the kept catalog" "$1" --arg text "$2" "$kept"
}

[ -n "${MODELSYNC_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-}}}" ] ||
    fail 2 "found no HOME, expected a place for the cache; set MODELSYNC_CACHE_DIR"
for tool in curl jq; do command -v "$tool" >/dev/null || fail 2 "$tool is not installed, and this needs it"; done
kept=$cache/$(printf %s "${url%/}" | digest).json
case ${1:-}:$# in
    refresh:1) refresh ;;
    resolve:2) ask "$resolve" "$2" ;;
    list:[12]) ask "$list" "${2:-}" ;;
    price:2) ask "$price" "$2" ;;
    *) fail 2 "expected refresh, resolve NAME, list [BUCKET] or price NAME" ;;
esac

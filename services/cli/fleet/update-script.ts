/**
 * What a city outside AWS runs every few minutes, as a shell script: read the signed channel of its
 * wave, fetch and check the image it names, start it, wait until it is ready, else go back to what
 * was ready before. Needs curl, openssl, jq, sha256sum, zstd and docker, which the cloud-init installs.
 *
 * Whoever serves the channel can hold releases back, and nothing else: an unsigned, older or
 * different image never starts. A machine made anew knows what is older by `SERIAL_MIN` alone, which
 * `fleet render --serial` gives it. A release that the machine went back from is not tried again. Where
 * nothing was ready before it, as in a first sync, it stays and is waited for. Of images the machine
 * holds three at most, while one is fetched, and two or one between releases: what runs and what it
 * would go back to.
 *
 * @source cloud.md 12 "External city"
 */
export const UPDATE_SCRIPT = `#!/bin/sh
# Follows the signed channel of this city's wave. Run by exos-update.timer; safe to run at any time.
set -eu
etc=\${EXOS_ETC:-/etc/exos}
state=\${EXOS_STATE:-/var/lib/exos-update}
. "$etc/update.conf"
mkdir -p "$state"
cd "$state"
exec 9>lock
flock -n 9 || exit 0

say() { echo "exos-update: $*"; }
fetch() { curl --fail --silent --show-error --location --max-time "$1" --max-filesize "$2" --output "$3" "$4"; }
field() { jq -er "$1" channel.json; }
named() { sed -n "s/^$1=//p" "$etc/image.env" 2>/dev/null || true; }
compose() { docker compose --env-file "$etc/image.env" --file "$etc/compose.yaml" "$@"; }
ready() { # asks inside of the container: from without a city answers the edge alone
  compose exec -T node node -e \\
    'fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))' \\
    "$READY_URL" >/dev/null 2>&1
}
run() { # starts an image as a release, and waits until the node says that it is ready
  printf 'EXOS_IMAGE=%s\\nEXOS_RELEASE=%s\\n' "$1" "$2" >"$etc/image.env.new"
  mv "$etc/image.env.new" "$etc/image.env"
  compose up --detach --remove-orphans
  waited=0
  while [ "$waited" -lt "$READY_SECONDS" ]; do
    if ready; then return 0; fi
    sleep "$LOOK_SECONDS"
    waited=$((waited + LOOK_SECONDS))
  done
  return 1
}

prune() { # drops images of ours but those named; the disk has room for few
  docker image ls --format '{{.Repository}}:{{.Tag}}' exos | while read -r known; do
    case " $* " in *" $known "*) ;; *) docker image rm "$known" >/dev/null || say "$known stays" ;; esac
  done
}

fetch 60 65536 channel.json "$CHANNEL_URL"
fetch 60 1024 channel.sig "$CHANNEL_URL.sig"
openssl pkeyutl -verify -pubin -inkey "$etc/release.pem" -rawin -in channel.json -sigfile channel.sig >/dev/null ||
  { say "the channel is not signed by the release key"; exit 1; }
serial=$(field .serial)
version=$(field .version)
[ "$serial" -ge "$SERIAL_MIN" ] ||
  { say "the channel says serial $serial, and this machine was made for $SERIAL_MIN and later"; exit 1; }
[ "$serial" -gt "$(cat serial 2>/dev/null || echo 0)" ] || exit 0

digest=$(field .image.sha256)
image="exos:$digest"
previous=$(named EXOS_IMAGE)
previous_version=$(named EXOS_RELEASE)
prune "$previous" "$image"
if ! docker image inspect "$image" >/dev/null 2>&1; then
  fetch 1800 "$(field .image.bytes)" image.tar.zst "$(field .image.url)"
  echo "$digest  image.tar.zst" | sha256sum --check --status ||
    { rm -f image.tar.zst; say "the image of $version is not the one that was signed"; exit 1; }
  loaded=$(zstd -dc image.tar.zst | docker load | sed -n 's/^Loaded image[^:]*: //p' | tail -n 1)
  docker tag "$loaded" "$image"
  # The builder's own name would keep it after ours is dropped.
  case "$loaded" in sha256:*) ;; *) docker image rm "$loaded" >/dev/null ;; esac
  rm -f image.tar.zst
fi

# What was not ready either is nothing to go back to.
back=
if [ "$previous" != "$image" ] && ready; then back=$previous; fi
if run "$image" "$version"; then
  echo "$serial" >serial.new && mv serial.new serial
  say "runs $version"
  exit 0
fi
say "$version was not ready after $READY_SECONDS s"
if [ -n "$back" ]; then
  echo "$serial" >serial.new && mv serial.new serial
  run "$back" "$previous_version" || say "and $back is not ready any more"
  say "went back to $back"
  prune "$back"
fi
exit 1
`;

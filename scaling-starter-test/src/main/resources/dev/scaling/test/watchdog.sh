# Waits for the end of standard input, then ends the servers below directory $1 and removes it.
# Needs no program that a slim container lacks: reads /proc where there is one.
trap '' HUP INT TERM
while read -r _; do :; done

is_postmaster() { # pid, data directory
	if [ -d /proc/self ]; then
		[ "/proc/$1/cwd" -ef "$2" ]
	else
		case $(ps -ww -o command= -p "$1") in *"$2"*) ;; *) false ;; esac
	fi
}

children() { # pid
	if [ -d /proc/self ]; then
		for stat in /proc/[0-9]*/stat; do
			read -r line 2>/dev/null <"$stat" || continue
			pid=${line%% *}
			set -- "$1" ${line##*) }
			[ "$3" = "$1" ] && echo "$pid"
		done
	else
		pgrep -P "$1"
	fi
}

for pidfile in "$1"/*/*/data/postmaster.pid; do
	[ -e "$pidfile" ] || continue
	{ read -r postmaster; read -r data; read -r _; read -r _; read -r _; read -r _; read -r _ segment; } <"$pidfile"
	if [ -n "$postmaster" ] && is_postmaster "$postmaster" "${pidfile%/*}"; then
		kill -STOP "$postmaster"
		kill -KILL $(children "$postmaster") "$postmaster"
	fi
	# What a killed server leaves outside of its directory
	[ -n "$segment" ] && ipcrm -m "$segment"
done

pidfile=$1/pgbouncer.pid
if [ -e "$pidfile" ]; then
	read -r pooler <"$pidfile"
	[ -n "$pooler" ] && is_postmaster "$pooler" "$1" && kill -KILL "$pooler"
fi

attempts=50
until rm -rf "$1" || [ $attempts -eq 0 ]; do
	attempts=$((attempts - 1))
	sleep 0.1
done

package dev.scaling.consistency;

/**
 * Work of a session, as its connections tell of it.
 */
public final class SessionWork {

	private SessionWork() {
	}

	public static void write(SessionPosition session) {
		session.beginPrimary(false);
		session.endWrite();
	}

	public static void write(SessionPosition session, long position, int timeline) {
		session.beginPrimary(false);
		session.endWrite(position, timeline);
	}

	public static void readPrimary(SessionPosition session) {
		session.beginPrimary(false);
		session.endRead();
	}

	public static void readPrimary(SessionPosition session, long position, int timeline) {
		session.beginPrimary(false);
		session.endRead(position, timeline, session.readFloor());
	}

	public static void readReplica(SessionPosition session, ReadFloor end) {
		session.beginReplica(new ReadFloor(end.node(), ReadFloor.OPEN));
		session.endReplica(end);
	}

}

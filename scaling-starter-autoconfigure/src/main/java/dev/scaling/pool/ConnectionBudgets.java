package dev.scaling.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.pool.ConnectionBudget.Pooled;
import dev.scaling.pool.ConnectionBudget.Share;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.pool.pgbouncer.PgBouncerStatus;
import dev.scaling.routing.NodePool;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link ConnectionBudget} of each server, and of a pooler whose console is
 * known, up to date, says so when its verdict changes, and sizes the pools if it is asked
 * to. It reads what monitors have seen and asks no server itself. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConnectionBudgets {

	/**
	 * How soon pools follow the number of instances.
	 */
	private static final Duration PACE = Duration.ofSeconds(1);

	/**
	 * The instances are counted every five seconds.
	 */
	private static final Duration COUNT_AGE = Duration.ofSeconds(10);

	/**
	 * The console is asked with a limit of two seconds.
	 */
	private static final Duration CONSOLE = Duration.ofSeconds(3);

	private static final Duration POLL = Duration.ofMillis(20);

	private static final Log logger = LogFactory.getLog(ConnectionBudgets.class);

	private final BudgetMode mode;

	private final Duration interval;

	private final List<Member> members = new CopyOnWriteArrayList<>();

	private final @Nullable PoolerUrl consoleUrl;

	private final Supplier<@Nullable PgBouncerMonitor> console;

	private final Map<NodePool, BudgetVerdict> reported = new HashMap<>();

	private final Map<NodePool, BudgetVerdict> reportedOfPooler = new HashMap<>();

	private volatile @Nullable PgBouncerMonitor pooler;

	private @Nullable PgBouncerStatus poolerStatus;

	private @Nullable String reportedUnknown;

	private volatile List<ConnectionBudget> budgets = List.of();

	private @Nullable ScheduledThreadPoolExecutor timer;

	/**
	 * Creates the budgets of an application.
	 * @param mode what happens if a server has too few connections
	 * @param interval how often the servers are asked
	 */
	public ConnectionBudgets(BudgetMode mode, Duration interval) {
		this(mode, interval, null, () -> null);
	}

	/**
	 * Creates the budgets of an application that may reach nodes through a PgBouncer.
	 * @param mode what happens if a server or PgBouncer has too few connections
	 * @param interval how often the servers are asked
	 * @param consoleUrl the JDBC URL of the console of PgBouncer: nodes whose URLs have
	 * its host and port are behind it; or {@code null} if there is none
	 * @param console gives what asks the console, or {@code null} if nothing does; called
	 * when nodes are added
	 */
	public ConnectionBudgets(BudgetMode mode, Duration interval, @Nullable String consoleUrl,
			Supplier<@Nullable PgBouncerMonitor> console) {
		this.mode = mode;
		this.interval = interval;
		this.consoleUrl = PoolerUrl.of(consoleUrl);
		this.console = console;
	}

	/**
	 * What happens if a server has too few connections.
	 * @return the mode
	 */
	public BudgetMode mode() {
		return this.mode;
	}

	/**
	 * Adds the nodes of a cluster before they are used. Pools that are to fit hold one
	 * connection until their share is known.
	 * @param pools the nodes
	 * @param source what is known of them
	 * @param others how many connections to a node there are beside its pool, such as the
	 * monitor's own
	 */
	public void add(List<NodePool> pools, ServerLimitsSource source, ToIntFunction<NodePool> others) {
		findPooler();
		for (NodePool pool : pools) {
			int configured = pool.maximumSize();
			if (configured > 0) {
				int minimumIdle = pool.minimumIdle();
				this.members.add(new Member(pool, source, configured, (minimumIdle >= 0) ? minimumIdle : configured,
						others.applyAsInt(pool), isBehindPooler(pool)));
				if (this.mode == BudgetMode.FIT) {
					pool.resize(1, 1);
				}
			}
		}
	}

	private void findPooler() {
		if (this.consoleUrl != null && this.pooler == null) {
			this.pooler = this.console.get();
		}
	}

	private boolean isBehindPooler(NodePool pool) {
		PoolerUrl url = PoolerUrl.of(pool.node().url());
		return this.pooler != null && this.consoleUrl != null && url != null && url.isSamePlace(this.consoleUrl);
	}

	/**
	 * Checks a pool once that no monitor watches, on a connection of its own: as soon as
	 * it is called, if that pool has connections.
	 * @param pool the pool
	 * @param instances how many instances of the application share its server
	 * @throws SQLException if the server cannot be asked
	 */
	public void checkOnce(NodePool pool, int instances) throws SQLException {
		HikariPoolMXBean statistics = pool.statistics();
		if (statistics == null || statistics.getTotalConnections() == 0) {
			return;
		}
		ServerLimits limits;
		try (Connection connection = pool.dataSource().getConnection()) {
			limits = ServerLimits.read(connection, pool.username());
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
		}
		findPooler();
		Member member = new Member(pool, new FixedLimits(limits, instances), pool.maximumSize(), 0, 0,
				isBehindPooler(pool));
		synchronized (this) {
			if (this.members.isEmpty()) {
				this.members.add(member);
			}
		}
		awaitFirst(CONSOLE, (node) -> true);
	}

	/**
	 * Starts to follow what the monitors see.
	 */
	public synchronized void start() {
		if (this.timer != null || this.members.isEmpty()) {
			return;
		}
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "scaling-budget");
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		Duration pace = (this.mode == BudgetMode.FIT && PACE.compareTo(this.interval) < 0) ? PACE : this.interval;
		timer.scheduleWithFixedDelay(this::follow, PACE.toNanos(), pace.toNanos(), TimeUnit.NANOSECONDS);
		this.timer = timer;
	}

	/**
	 * Ends that. The pools keep their size.
	 */
	public synchronized void stop() {
		if (this.timer != null) {
			this.timer.shutdownNow();
			this.timer = null;
		}
	}

	private void follow() {
		try {
			update();
		}
		catch (RuntimeException ex) {
			logger.warn("The connection budget cannot be calculated", ex);
		}
	}

	/**
	 * Waits until the limits of each node that answers are known and the instances have
	 * been counted, and calculates the budgets.
	 * @param timeout how long to wait at most
	 * @param answers whether a node answers
	 */
	public void awaitFirst(Duration timeout, Predicate<NodePool> answers) {
		long deadline = System.nanoTime() + timeout.toNanos();
		try {
			while (System.nanoTime() < deadline && this.members.stream()
				.anyMatch((member) -> answers.test(member.pool())
						&& !(member.isKnown() && (!member.behindPooler() || isPoolerAsked())))) {
				Thread.sleep(POLL.toMillis());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		update();
	}

	/**
	 * The budgets as they were calculated last.
	 * @return one for each server that is known, in the order of the nodes, and then that
	 * of the pooler
	 */
	public List<ConnectionBudget> budgets() {
		return this.budgets;
	}

	/**
	 * Whether the number of instances was configured.
	 * @return {@code true} if it is not counted
	 */
	public boolean isFixed() {
		return this.members.stream().allMatch((member) -> member.source().isFixed());
	}

	/**
	 * Why it is not known what the pooler in front of nodes accepts.
	 * @return the reason, or {@code null} if it is known, or no node is behind a pooler
	 */
	public @Nullable String unknownPooler() {
		PgBouncerMonitor pooler = this.pooler;
		if (pooler == null || poolerNodes().isEmpty()) {
			return null;
		}
		String failure = pooler.failure();
		return (failure == null && pooler.status().isEmpty()) ? "The console of PgBouncer has not answered yet"
				: failure;
	}

	/**
	 * The nodes that are reached through the pooler whose console is known.
	 * @return the nodes, empty if there are none
	 */
	public List<NodePool> poolerNodes() {
		return this.members.stream().filter(Member::behindPooler).map(Member::pool).toList();
	}

	private boolean isPoolerAsked() {
		PgBouncerMonitor pooler = this.pooler;
		return pooler == null || pooler.failure() != null || pooler.status().isPresent();
	}

	private synchronized void update() {
		PoolerSizes pooler = pooler();
		List<Known> pooled = new ArrayList<>();
		List<List<Known>> servers = servers();
		servers.forEach((nodes) -> nodes.stream().filter((node) -> node.member().behindPooler()).forEach(pooled::add));
		List<Share> clients = pooled.stream().map(Known::client).toList();
		List<ConnectionBudget> budgets = new ArrayList<>();
		for (List<Known> nodes : servers) {
			List<Share> behind = nodes.stream()
				.filter((node) -> node.member().behindPooler())
				.map(Known::client)
				.toList();
			budgets.add(apply(nodes,
					BudgetCalculator.calculate(nodes.stream().map(Known::share).toList(), instances(nodes),
							this.mode == BudgetMode.FIT,
							(limit) -> (pooler != null) ? pooler.pooled(limit, behind, clients) : Pooled.NONE)));
		}
		if (pooler != null && !pooled.isEmpty()) {
			budgets.add(apply(pooled,
					BudgetCalculator.calculate(pooler, clients, instances(pooled), this.mode == BudgetMode.FIT)));
		}
		this.budgets = List.copyOf(budgets);
	}

	private static int instances(List<Known> nodes) {
		return nodes.stream().mapToInt((node) -> node.member().source().instances()).max().orElse(1);
	}

	private ConnectionBudget apply(List<Known> nodes, ConnectionBudget budget) {
		if (this.mode == BudgetMode.FIT) {
			for (int i = 0; i < nodes.size(); i++) {
				if (!budget.shares().get(i).isPooled()) {
					resize(nodes.get(i), budget.shares().get(i));
				}
			}
		}
		report(budget);
		return budget;
	}

	/**
	 * What the pooler has said last.
	 */
	private @Nullable PoolerSizes pooler() {
		PgBouncerMonitor pooler = this.pooler;
		if (pooler != null) {
			pooler.status().ifPresent((status) -> this.poolerStatus = status);
			reportUnknown(pooler.failure());
		}
		PgBouncerStatus status = this.poolerStatus;
		return (status != null) ? new PoolerSizes(status) : null;
	}

	private void reportUnknown(@Nullable String failure) {
		List<Member> behind = this.members.stream().filter(Member::behindPooler).toList();
		if (failure != null && this.poolerStatus == null) {
			if (this.reportedUnknown == null && !behind.isEmpty()) {
				logger.warn("Connection budget: unknown for "
						+ behind.stream().map((member) -> member.pool().node().id()).collect(Collectors.joining(", "))
						+ " behind PgBouncer. " + failure);
			}
			behind.forEach((member) -> restore(member, failure));
		}
		this.reportedUnknown = failure;
	}

	/**
	 * The nodes whose limits are known, by server.
	 */
	private List<List<Known>> servers() {
		List<List<Known>> servers = new ArrayList<>();
		for (Member member : this.members) {
			ServerLimits limits = member.source().limits(member.pool());
			if (limits == null) {
				restore(member, member.source().refusal(member.pool()));
				continue;
			}
			Known known = new Known(member, limits);
			servers.stream()
				.filter((nodes) -> nodes.get(0).limits().server().isSameProcess(limits.server()))
				.findFirst()
				.orElseGet(() -> {
					List<Known> nodes = new ArrayList<>();
					servers.add(nodes);
					return nodes;
				})
				.add(known);
		}
		return servers;
	}

	/**
	 * A pool whose share can never be known keeps its configured size.
	 */
	private void restore(Member member, @Nullable String refusal) {
		if (refusal != null && this.mode == BudgetMode.FIT && member.pool().maximumSize() != member.configured()) {
			logger.warn("The connection limits of " + member.pool() + " cannot be read (" + refusal
					+ "), so its pool gets its configured size of " + member.configured());
			member.pool().resize(member.configured(), member.minimumIdle());
		}
	}

	/**
	 * A pool that is too large becomes smaller at once. It grows only by what is known to
	 * be so now.
	 */
	private void resize(Known node, Share share) {
		Member member = node.member();
		NodePool pool = member.pool();
		int current = pool.maximumSize();
		if (share.maximum() > current && !(member.source().isCountedWithin(COUNT_AGE)
				&& System.nanoTime() - node.limits().nanoTime() <= 3 * this.interval.toNanos()
				&& !(member.behindPooler() && isPoolerSilent()))) {
			pool.resize(current, member.minimumIdle());
			return;
		}
		if (share.maximum() != current) {
			logger.debug("Pool of " + pool + ": " + share.maximum() + " connections, before: " + current);
		}
		pool.resize(share.maximum(), member.minimumIdle());
	}

	private boolean isPoolerSilent() {
		PgBouncerMonitor pooler = this.pooler;
		return pooler != null && pooler.status().isEmpty();
	}

	private void report(ConnectionBudget budget) {
		BudgetVerdict verdict = budget.verdict();
		Map<NodePool, BudgetVerdict> reported = (budget.pooler() != null) ? this.reportedOfPooler : this.reported;
		BudgetVerdict last = reported.put(budget.shares().get(0).pool(), verdict);
		if (verdict == last || (last == null && verdict == BudgetVerdict.FITS)) {
			return;
		}
		String arithmetic = "Connection budget: " + budget.arithmetic();
		switch (verdict) {
			case EXCEEDED -> logger.warn(arithmetic + ". " + cure(budget));
			case TIGHT -> logger.info(arithmetic + ". There is no room for one more instance");
			case FITTED -> logger.info(arithmetic + ". The pools of this instance are made smaller, because "
					+ budget.configuredDemand() + " were configured");
			case FITS -> logger.info(arithmetic);
		}
	}

	private static String cure(ConnectionBudget budget) {
		String cure = budget.cure();
		return Character.toUpperCase(cure.charAt(0)) + cure.substring(1);
	}

	/**
	 * A pool with what it was configured to be.
	 */
	private record Member(NodePool pool, ServerLimitsSource source, int configured, int minimumIdle, int others,
			boolean behindPooler) {

		boolean isKnown() {
			return this.source.refusal(this.pool) != null
					|| (this.source.limits(this.pool) != null && this.source.isCountedWithin(COUNT_AGE));
		}

	}

	private record Known(Member member, ServerLimits limits) {

		/**
		 * What the node takes of its server: behind a pooler, what goes past it.
		 */
		Share share() {
			if (!this.member.behindPooler()) {
				return client();
			}
			return new Share(this.member.pool(), this.limits, 0, 0, isMonitoredPastPooler() ? this.member.others() : 0);
		}

		/**
		 * What the node takes of the server, or of the pooler in front of it.
		 */
		Share client() {
			return new Share(this.member.pool(), this.limits, this.member.configured(), this.member.configured(),
					(this.member.behindPooler() && isMonitoredPastPooler()) ? 0 : this.member.others());
		}

		private boolean isMonitoredPastPooler() {
			return this.member.pool().direct() != null;
		}

	}

	private record FixedLimits(ServerLimits limits, int instances) implements ServerLimitsSource {

		@Override
		public ServerLimits limits(NodePool pool) {
			return this.limits;
		}

		@Override
		public @Nullable String refusal(NodePool pool) {
			return null;
		}

		@Override
		public boolean isCountedWithin(Duration age) {
			return true;
		}

		@Override
		public boolean isFixed() {
			return true;
		}

	}

}
